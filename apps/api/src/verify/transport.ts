import { fault, type Line, notTried, ok, tried } from './line.ts'
import type { Site } from './site.ts'

const proxyFix =
  'Put a proxy with a certificate in front of the server (deploy/ has one for Caddy) and set WEB_ORIGIN to the https address'
/** A year, in seconds (ASVS 3.4.1). */
const hstsSeconds = 31_536_000

/** Whether browsers reach the server over https, and over nothing else. */
export function checkTransport(site: Site): Promise<readonly Line[]> {
  if (site.isHttps) return Promise.all([checkHttps(site), checkHsts(site)])
  const why = 'plain http on this machine: give the address that browsers use'
  if (site.isLoopback) return Promise.resolve([notTried('HTTPS', why), notTried('HSTS', why)])
  const saw = 'plain http: session cookies can be read on the way'
  return Promise.resolve([fault('HTTPS', saw, proxyFix)])
}

function checkHttps(site: Site): Promise<Line> {
  return tried('HTTPS', 'Let the proxy have a certificate that browsers accept for this name', async () => {
    await site.ask('/healthz')
    const plain = new URL(site.url)
    plain.protocol = 'http:'
    if (plain.port !== '') return ok('HTTPS', 'the certificate is accepted')
    const answer = await fetch(plain, { redirect: 'manual', signal: AbortSignal.timeout(5000) }).catch(
      () => null,
    )
    if (answer === null) return ok('HTTPS', 'the certificate is accepted, port 80 is closed')
    const to = answer.headers.get('location') ?? ''
    if (answer.status >= 300 && answer.status < 400 && to.startsWith('https:')) {
      return ok('HTTPS', 'the certificate is accepted, http leads to https')
    }
    const saw = `plain http is answered with ${answer.status}`
    return fault('HTTPS', saw, 'Let the proxy redirect http to https and nothing else')
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
