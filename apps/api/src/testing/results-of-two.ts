import type { TestBrowser } from './browser.ts'
import { seedRun, seedTrades } from './seed.ts'
import { startTestServer, type TestServer } from './server.ts'

/** What two brokers traded in each period, as seen on a Wednesday, 10:30 in India. */
export interface ResultsOfTwo {
  readonly server: TestServer
  readonly now: number
  /** UK9394, with trades just before and behind the beginnings of year, month, week and day, all of one run. */
  readonly one: TestBrowser
  readonly runId: string
  /** UK1234, who lost 7,777 now. */
  readonly two: TestBrowser
}

/** Starts a server at which two brokers are signed in and have traded. */
export async function startResultsOfTwo(): Promise<ResultsOfTwo> {
  const now = Date.parse('2026-11-18T05:00:00.000Z')
  const server = await startTestServer({ now: () => now })
  const one = await server.signIn('UK9394')
  const two = await server.signIn('UK1234')
  const scope = server.scope('UK9394')
  const runId = await seedRun(scope, 'First run')
  await seedTrades(scope, runId, [
    { exitAt: new Date('2025-12-31T18:29:59.999Z'), net: '100' },
    { exitAt: new Date('2025-12-31T18:30:00.000Z'), net: '-30' },
    { exitAt: new Date('2026-11-01T05:00:00.000Z'), net: '-20.5' },
    { exitAt: new Date('2026-11-15T18:30:00.000Z'), net: '10' },
    { exitAt: new Date('2026-11-17T18:30:00.000Z'), net: '40.25' },
  ])
  const theirs = server.scope('UK1234')
  await seedTrades(theirs, await seedRun(theirs, 'Theirs'), [{ exitAt: new Date(now), net: '-7777' }])
  return { server, now, one, runId, two }
}
