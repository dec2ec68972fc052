import type { ServerFacts } from '@stratdesk/data/servers'

/** What a process of the server tells of itself, by default the same as every other. */
export function serverFacts(facts: Partial<ServerFacts> = {}): ServerFacts {
  return {
    id: '0190a1b2-0000-7000-8000-000000000000',
    host: 'desk-1',
    pid: 7,
    place: null,
    role: 'api',
    version: '1.0.0',
    commit: 'a'.repeat(40),
    secretFingerprints: ['aaaa'],
    sessionStore: 'postgres',
    clockOffsetMs: 0,
    startedAt: new Date(0),
    ...facts,
  }
}
