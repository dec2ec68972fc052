import { Readiness } from '@stratdesk/contracts/health'
import { fault, judged, type Line, notTried, ok, tried } from './line.ts'
import type { Site } from './site.ts'

const logFix = 'The log of the server says why; docs/operations.md has the usual causes'

/** Whether the server is up, can serve, goes with its other processes, and keeps its numbers to itself. */
export async function checkHealth(site: Site): Promise<readonly Line[]> {
  return [await checkUp(site), ...(await checkReady(site)), await checkMetrics(site)]
}

function checkUp(site: Site): Promise<Line> {
  const fix = 'Start the server, and let the proxy pass /healthz on to it'
  return tried('/healthz', fix, async () => {
    const { status, text } = await site.ask('/healthz')
    const wrong = status === 200 && text === '{"status":"ok"}' ? [] : [`answered with ${status}`]
    return judged('/healthz', wrong, 'the process is up', fix)
  })
}

async function checkReady(site: Site): Promise<readonly Line[]> {
  let readiness: Readiness | undefined
  const ready = await tried('/readyz', logFix, async () => {
    const { status, text } = await site.ask('/readyz')
    readiness = Readiness.safeParse(JSON.parse(text)).data
    if (readiness === undefined) return fault('/readyz', `answered with ${status}, and no report`, logFix)
    const parts = Object.entries(readiness.checks)
    const wrong = parts.flatMap(([name, { ok: isOk, message }]) => (isOk ? [] : [`${name}: ${message}`]))
    return judged('/readyz', wrong, `${parts.map(([name]) => name).join(', ')} can be used`, logFix)
  })
  if (readiness === undefined) return [ready, notTried('Servers', 'readiness is not told')]
  return [ready, serversLine(readiness.servers.findings)]
}

function serversLine(findings: readonly string[]): Line {
  const right = 'secrets, clocks, versions and session stores of all processes go together'
  return judged('Servers', findings, right, 'Do what each of these sentences says')
}

function checkMetrics(site: Site): Promise<Line> {
  const fix =
    'Let the proxy send X-Forwarded-For, as every proxy does unless told otherwise, or let it refuse /metrics'
  return tried('/metrics', fix, async () => {
    // From this machine the numbers may be read; so it is asked as by somebody whom a proxy brought.
    const headers: Record<string, string> = site.isLoopback ? { 'x-forwarded-for': '192.0.2.1' } : {}
    const { status, text } = await site.ask('/metrics', { headers })
    const isOpen = status === 200 && /^# (HELP|TYPE) /m.test(text)
    return isOpen
      ? fault('/metrics', 'anybody can read the numbers of the server', fix)
      : ok('/metrics', `not public: answered with ${status}`)
  })
}
