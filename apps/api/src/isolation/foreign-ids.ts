import type pg from 'pg'
import type { TestServer } from '../testing/server.ts'
import { callRoute } from './answer.ts'
import { idsOf, readBrokerRows } from './broker-rows.ts'
import { cases } from './cases.ts'
import { isUuid } from './strangers.ts'
import type { SweptRoute } from './sweep-routes.ts'
import type { World } from './world.ts'

/** Whatever names something of an account. */
export interface ForeignIds {
  /** Every UUID of its rows and devices. */
  readonly uuids: readonly string[]
  /** One id of each kind: each column of ids, each list's cursor, and what is kept outside of the database. */
  readonly kinds: ReadonlyMap<string, string>
  /** The cursor of each list, by the name of its route. */
  readonly cursors: ReadonlyMap<string, string>
}

/** Collects the ids of a world from its rows, its devices and its browser's answers. */
export async function foreignIds(
  server: TestServer,
  owner: pg.Client,
  world: World,
  routes: readonly SweptRoute[],
): Promise<ForeignIds> {
  const columns = idsOf(await readBrokerRows(owner, world.brokerId))
  const cursors = await cursorsOf(server, world, routes)
  const { browser, ids } = world
  const isMarked = (id: string) => id.includes(world.canaries.prefix)
  const refused = await browser.get('/api/runs/none')
  const { requestToken: _opensTheAccount, ...named } = ids
  const kinds = new Map([
    ...[...columns].map(([kind, values]) => [kind, values.find(isMarked) ?? values[0] ?? ''] as const),
    ...Object.entries(named),
    ...[...cursors].map(([name, cursor]) => [`cursor of ${name}`, cursor] as const),
    ['brokerId', world.brokerId],
    ['requestId', refused.json<{ requestId: string }>().requestId],
  ])
  const devices = (await browser.get('/api/devices')).json<{ items: { id: string }[] }>().items
  const uuids = new Set([...columns.values(), Object.values(named), devices.map(({ id }) => id)].flat())
  return { kinds, cursors, uuids: [...uuids].filter(isUuid) }
}

async function cursorsOf(
  server: TestServer,
  world: World,
  routes: readonly SweptRoute[],
): Promise<ReadonlyMap<string, string>> {
  const cursors = new Map<string, string>()
  for (const route of routes) {
    if (!route.parameters.some(({ name }) => name === 'cursor')) continue
    const call = cases[route.name]?.(world.ids) ?? {}
    const first = await callRoute(server, world.browser, route, {
      ...call,
      query: { ...call.query, limit: '1' },
    })
    const { nextCursor } = JSON.parse(first.body)
    if (typeof nextCursor !== 'string') {
      throw new Error(
        `The list ${route.name} has no second page: give its world two rows of it (isolation/world.ts) and ` +
          `let its case find them: ${first.body.slice(0, 300)}`,
      )
    }
    cursors.set(route.name, nextCursor)
  }
  return cursors
}
