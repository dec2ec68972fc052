import { expiryFault } from './certificate.ts'
import { fault, type Line, notTried, ok, tried } from './line.ts'
import type { Site } from './site.ts'

const proxyFix =
  'Put a proxy with a certificate in front of the server (deploy/ has one for Caddy) and set WEB_ORIGIN to the https address'
/** A year, in seconds (ASVS 3.4.1). */
const hstsSeconds = 31_536_000

/** Whether browsers reach the server over https, and over nothing else. `plain` is where http arrives, if not at port 80. */
export function checkTransport(site: Site, plain?: URL): Promise<readonly Line[]> {
  if (site.isHttps) return Promise.all([checkHttps(site), checkRedirect(site, plain), checkHsts(site)])
  const why = 'plain http on this machine: give the address that browsers use'
  if (site.isLoopback) {
    return Promise.resolve(['HTTPS', 'Redirect', 'HSTS'].map((check) => notTried(check, why)))
  }
  const saw = 'plain http: session cookies can be read on the way'
  return Promise.resolve([fault('HTTPS', saw, proxyFix)])
}

function checkHttps(site: Site): Promise<Line> {
  return tried('HTTPS', proxyFix, async () => {
    const wrong = await expiryFault('HTTPS', site.url, Date.now())
    return wrong ?? ok('HTTPS', 'the certificate is accepted, and renewed in time')
  })
}

function checkRedirect(site: Site, given?: URL): Promise<Line> {
  const check = 'Redirect'
  if (given === undefined && site.url.port !== '') {
    return Promise.resolve(notTried(check, 'the port is not 443: give --http and the address of plain http'))
  }
  const fix = 'Let the proxy redirect http to https and nothing else'
  return tried(check, fix, async () => {
    const plain = given ?? new URL(site.url.href.replace(/^https:/, 'http:'))
    const options = { redirect: 'manual', signal: AbortSignal.timeout(5000) } as const
    const answer = await fetch(plain, options).catch(() => null)
    if (answer === null) return ok(check, 'plain http is not answered')
    const to = URL.parse(answer.headers.get('location') ?? '', plain)
    const isRedirect = answer.status >= 300 && answer.status < 400
    // Its port may be another than the one that the proxy itself listens at.
    const isHome = to?.protocol === 'https:' && to.hostname === site.url.hostname
    if (isRedirect && isHome) return ok(check, 'http leads to https')
    const where = isRedirect ? `leads to ${to?.origin}` : `is answered with ${answer.status}`
    return fault(check, `plain http ${where}`, fix)
  })
}

function checkHsts(site: Site): Promise<Line> {
  return tried('HSTS', proxyFix, async () => {
    const { headers } = await site.ask('/healthz')
    return judgeHsts(headers.get('strict-transport-security'))
  })
}

/** Judges the header's value; null when it was not sent. */
export function judgeHsts(value: string | null): Line {
  const seconds = Number(/max-age="?(\d+)/i.exec(value ?? '')?.[1] ?? 0)
  if (seconds >= hstsSeconds) return ok('HSTS', value ?? '')
  const saw = value === null ? 'no Strict-Transport-Security header' : value
  const fix =
    'Set WEB_ORIGIN to the https address: the server then sends the header itself; let no proxy remove it'
  return fault('HSTS', saw, fix)
}
