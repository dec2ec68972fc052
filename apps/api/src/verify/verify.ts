import { checkAccounts } from './accounts.ts'
import { certificateFault } from './certificate.ts'
import { checkBacking } from './backing.ts'
import { checkCookies } from './cookies.ts'
import { checkDatabase } from './database.ts'
import { checkEnvironment, checkSettings, isServer } from './environment.ts'
import { checkHeaders } from './headers.ts'
import { checkHealth } from './health.ts'
import { fault, type Line, notTried, ok, tried } from './line.ts'
import { checkOrigins } from './origins.ts'
import { Site } from './site.ts'
import { checkTransport } from './transport.ts'

const serverChecks = [
  'Environment',
  'Web origin',
  'Secrets',
  'Database',
  'Database role',
  'Row security',
  'Clock',
  'Server list',
  'Redis',
  'Azure Blob Storage',
]

const outsideChecks = [
  'HTTPS',
  'Redirect',
  'HSTS',
  '/healthz',
  '/readyz',
  'Servers',
  '/metrics',
  'Security headers',
  'Content-Security-Policy',
  'CORS',
  'Foreign writes',
  'Cookie attributes',
  'Session cookies',
  'Two users',
  'Two devices',
]

/**
 * Walks the checklist of a deployment: what can be seen from outside, and on the server what it was told. `plain` is
 * where plain http arrives when that is not port 80 of the same name.
 */
export async function verify(
  url: URL,
  env: Readonly<Record<string, string | undefined>>,
  plain?: URL,
): Promise<readonly Line[]> {
  const site = new Site(url)
  const ofTheServer = await checkServer(site, env)
  const reached = await checkReached(site)
  if (reached.result === 'fault') {
    const rest = outsideChecks.filter((check) => check !== reached.check)
    const why = reached.check === 'HTTPS' ? 'the certificate is not accepted' : 'the server is not reached'
    return [...ofTheServer, reached, ...rest.map((check) => notTried(check, why))]
  }
  return [
    ...ofTheServer,
    reached,
    ...(await checkTransport(site, plain)),
    ...(await checkHealth(site)),
    ...(await checkHeaders(site)),
    ...(await checkOrigins(site)),
    await checkCookies(site),
    ...(await checkAccounts(site)),
  ]
}

const toldNone = 'Set WEB_ORIGIN to the https address that people type, and TRUST_PROXY to that of the proxy'

function checkReached(site: Site): Promise<Line> {
  const fix = 'Check the address and its DNS entry, and that the proxy and the server run'
  return tried('Address', fix, async () => {
    try {
      const { status } = await site.ask('/healthz')
      if (status === 421)
        return fault('Address', 'the server was told no address (421): it is for its own machine', toldNone)
    } catch (error) {
      const wrong = certificateFault('HTTPS', error)
      if (wrong) return wrong
      throw error
    }
    return ok('Address', site.url.origin)
  })
}

async function checkServer(
  site: Site,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Line[]> {
  if (!isServer(env)) {
    const why = "needs the server's environment: run this on the server too"
    return serverChecks.map((check) => notTried(check, why))
  }
  const { line, config } = checkEnvironment(env)
  if (config === undefined) {
    return [line, ...serverChecks.slice(1).map((check) => notTried(check, 'needs a readable environment'))]
  }
  return [
    line,
    ...checkSettings(config, site),
    ...(await checkDatabase(config)),
    ...(await checkBacking(config)),
  ]
}
