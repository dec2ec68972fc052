import { judged, type Line, notTried, tried } from './line.ts'
import type { Site } from './site.ts'

const fix = 'Let the proxy pass the headers of the server on as they are, and add none of its own'

/** The walls that browsers are told of, on data and on the web app's page. */
export function checkHeaders(site: Site): Promise<readonly Line[]> {
  return Promise.all([checkData(site), checkPage(site)])
}

/** What every answer of the API says, one that refuses too. */
const expected: Readonly<Record<string, RegExp>> = {
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'x-frame-options': /^deny$/i,
  'cache-control': /no-store/,
  'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
}

function checkData(site: Site): Promise<Line> {
  return tried('Security headers', fix, async () => {
    const { headers } = await site.ask('/api/session')
    const wrong = Object.entries(expected).flatMap(([name, shape]) => {
      const value = headers.get(name)
      return value !== null && shape.test(value) ? [] : [`${name}: ${value ?? 'missing'}`]
    })
    return judged('Security headers', wrong, `${Object.keys(expected).length} headers as they should be`, fix)
  })
}

function checkPage(site: Site): Promise<Line> {
  return tried('Content-Security-Policy', fix, async () => {
    const { status, headers } = await site.ask('/', { headers: { accept: 'text/html' } })
    if (status !== 200 || !(headers.get('content-type') ?? '').startsWith('text/html')) {
      return notTried('Content-Security-Policy', 'this server does not serve the web app')
    }
    const wrong = policyFaults(headers.get('content-security-policy'))
    return judged('Content-Security-Policy', wrong, 'scripts and connections of this server alone', fix)
  })
}

/** What a page's policy lets in that it should not; null is no policy. */
export function policyFaults(policy: string | null): readonly string[] {
  if (policy === null) return ['no Content-Security-Policy header']
  const directives = new Map(
    policy.split(';').map((part) => {
      const [name = '', ...values] = part.trim().split(/\s+/)
      return [name.toLowerCase(), values]
    }),
  )
  const scripts = directives.get('script-src') ?? directives.get('default-src') ?? ['*']
  const open = scripts.filter((source) => /^('unsafe-|\*|https?:|data:|blob:)/.test(source))
  const shut = ['object-src', 'base-uri', 'frame-ancestors'].filter((name) => {
    const values = directives.get(name) ?? (name === 'object-src' ? directives.get('default-src') : undefined)
    return values?.join() !== "'none'"
  })
  return [...open.map((source) => `scripts of ${source}`), ...shut.map((name) => `${name} is not 'none'`)]
}
