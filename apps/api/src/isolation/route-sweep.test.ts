import type { BrokerId } from '@stratdesk/data/broker-id'
import { expect, it } from 'vitest'
import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import { type OpenStore, outsideStores } from '../testing/session-stores.ts'
import { runRouteSweep } from './route-sweep.ts'
import { sweptRoutes } from './sweep-routes.ts'

const timeout = 300_000

it(
  'S36 no route tells anything of another account, nor does anything to it',
  { timeout },
  async ({ task }) => {
    const report = await runRouteSweep()
    console.log(`sweep: ${report.cases} of ${report.routes} routes, ${report.requests} requests`)
    expect(report.differences).toEqual([])
    expect(report.findings).toEqual([])
    expect(report.changes).toEqual([])
    expect(report.cases).toBe(report.routes)
    expect(report.requests).toBeGreaterThan(report.routes * 20)
    task.meta.cases = report.requests
  },
)

/** A store that takes every account for every other: what the sweep is there to notice. */
class LeakyStore extends MemorySessionStore {
  readonly #brokers = new Set<BrokerId>()

  override async devices(brokerId: BrokerId) {
    this.#brokers.add(brokerId)
    return (await Promise.all([...this.#brokers].map((each) => super.devices(each)))).flat()
  }

  override async rename(brokerId: BrokerId, deviceId: string, label: string) {
    for (const each of this.#brokers.add(brokerId)) {
      const renamed = await super.rename(each, deviceId, label)
      if (renamed) return renamed
    }
    return undefined
  }
}

it.for(outsideStores)(
  'S36 nor where sessions are kept in $kind',
  { timeout },
  async ({ kind, open }, { task }) => {
    let kept: OpenStore | undefined
    const sessions = async (now: () => number) => (kept = await open({ now, idleMs: 0 })).store
    const only = /^(getSession|stepUp|\w+Devices?|renewConnection|streamEvents|signOut)$/
    const report = await runRouteSweep({ only, sessions })
    await kept?.close()
    console.log(`sweep of sessions in ${kind}: ${report.cases} routes, ${report.requests} requests`)
    expect(report).toMatchObject({ differences: [], findings: [], changes: [] })
    expect(report.cases).toBeGreaterThanOrEqual(8)
    task.meta.cases = report.requests
  },
)

it(
  'S36 a store that mixes accounts up is noticed by answers, by canaries and by what changed',
  { timeout },
  async () => {
    const { differences, findings, changes } = await runRouteSweep({
      only: /^(listDevices|renameDevice)$/,
      sessions: (now) => new LeakyStore({ now }),
    })
    expect(differences).toContainEqual(expect.stringMatching(/^listDevices beside B/))
    expect(differences).toContainEqual(expect.stringMatching(/^renameDevice as if it were B/))
    expect(findings).toContainEqual(expect.objectContaining({ where: 'listDevices beside B' }))
    expect(changes).toHaveLength(1)
  },
)

it('S36 a route without a case fails with the line to add, and so does a case without a route', () => {
  const route = { method: 'GET', url: '/api/secrets/:id' }
  expect(() => sweptRoutes([route], { paths: {} })).toThrow(
    /GET \/api\/secrets\/:id is not swept.*'GET \/api\/secrets\/:id': \(\{ runId \}\) => \(\{ path: \{ id: runId \} \}\)/,
  )
  expect(() => sweptRoutes([], { paths: {} })).toThrow(/The case getRun of isolation\/cases.ts has no route/)
})
