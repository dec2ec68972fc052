import fc from 'fast-check'
import { expireToken, moveOn, openPosition, showPrice, trade } from './differential-engine.ts'
import { browser, one, type Operation, operation, pick, place } from './differential-operation.ts'
import type { Person } from './differential-person.ts'

const startRun = operation(
  fc.record({ browser, key: place, fast: fc.integer({ min: 2, max: 9 }) }),
  ({ browser: of, key, fast }) => `starts a run under key ${key} with fastLength ${fast} (browser ${of})`,
  async (person, { browser: of, key, fast }) => {
    const params = { fastLength: fast, slowLength: 8 }
    const body = { strategyId: 'ema-crossover', name: `Fast ${fast}`, params, mode: 'paper' }
    const headers = { 'idempotency-key': `start-of-${key}` }
    const response = await person.browser(of).post('/api/runs', body, headers)
    const { id }: { id?: string } = response.json()
    if (response.statusCode === 201 && id && !person.runs.includes(id)) person.runs.push(id)
    return person.answer(response)
  },
)

const stopRun = operation(
  fc.record({ browser, run: place, isStale: fc.boolean(), flatten: fc.boolean() }),
  ({ run, isStale }) => `stops run ${run}${isStale ? ' as it was long ago' : ''}`,
  async (person, { browser: of, run, isStale, flatten }) => {
    const path = `/api/runs/${pick(person.runs, run)}`
    const seen = await person.browser(of).get(path)
    const revision = isStale || seen.statusCode !== 200 ? 99 : seen.json<{ revision: number }>().revision
    return person.answer(
      await person.browser(of).post(`${path}/stop`, { flatten }, { 'if-match': String(revision) }),
    )
  },
)

const signIn = operation(
  browser,
  (of) => `signs in (browser ${of})`,
  (person, of) => person.signIn(of),
)

const signOut = operation(
  browser,
  (of) => `signs out (browser ${of})`,
  async (person, of) => person.answer(await person.browser(of).call('DELETE', '/api/session')),
)

const disconnect = operation(
  browser,
  (of) => `disconnects its broker (browser ${of})`,
  async (person, of) =>
    person.answer(await person.browser(of).call('DELETE', '/api/connection?confirm=true')),
)

const rename = operation(
  fc.record({ browser, device: place, label: one('Phone', 'Desk', 'Mine') }),
  ({ device, label }) => `labels device ${device} ${label}`,
  async (person, { browser: of, device, label }) => {
    const path = `/api/devices/${pick(person.devices, device)}`
    return person.answer(await person.browser(of).call('PATCH', path, { body: { label } }))
  },
)

const revoke = operation(
  fc.record({ browser, device: place }),
  ({ device }) => `revokes device ${device}`,
  async (person, { browser: of, device }) =>
    person.answer(await person.browser(of).call('DELETE', `/api/devices/${pick(person.devices, device)}`)),
)

const revokeOthers = operation(
  browser,
  (of) => `revokes all its other devices (browser ${of})`,
  async (person, of) => person.answer(await person.browser(of).call('DELETE', '/api/devices?scope=others')),
)

/** Acts at the wrong door: with the other account's ids where there is one, and unknown ones where there is none. */
const trespass = operation(
  fc.record({ browser, index: place, what: one('read', 'stop', 'rename', 'revoke', 'page') }),
  ({ what, index }) => `tries to ${what} what is the other's (${index})`,
  async (person, { browser: of, index, what }) => {
    const from = person.browser(of)
    const run = pick(person.neighbour?.runs ?? [], index)
    const device = pick(person.neighbour?.devices ?? [], index)
    const stop = () => from.post(`/api/runs/${run}/stop`, { flatten: true }, { 'if-match': '1' })
    const acts = {
      read: () => from.get(`/api/runs/${run}`),
      stop,
      rename: () => from.call('PATCH', `/api/devices/${device}`, { body: { label: 'Taken over' } }),
      revoke: () => from.call('DELETE', `/api/devices/${device}`),
      page: async () => from.get(`/api/runs?cursor=${(await person.neighbour?.cursorOfRuns()) ?? 'bm9uZQ'}`),
    }
    return person.answer(await acts[what]())
  },
)

const engineActs = {
  'makes a round trip of': (person: Person, run: string, net: number) => trade(person, run, net),
  'opens a position of': (person: Person, run: string) => openPosition(person, run),
  'says it is running,': (person: Person, run: string) => moveOn(person, run, 'running'),
  'says it is stopped,': (person: Person, run: string) => moveOn(person, run, 'stopped'),
  'shows a price while it looks after': (person: Person) => showPrice(person),
} as const
type EngineAct = keyof typeof engineActs

const engine = operation(
  fc.record({
    act: fc.oneof(
      { weight: 4, arbitrary: one<EngineAct>('makes a round trip of') },
      {
        weight: 3,
        arbitrary: one<EngineAct>(
          'opens a position of',
          'says it is running,',
          'says it is stopped,',
          'shows a price while it looks after',
        ),
      },
    ),
    run: place,
    net: fc.integer({ min: -500, max: 500 }),
  }),
  ({ act, run, net }) => `has an engine that ${act} run ${run} (net ${net})`,
  async (person, { act, run, net }) => {
    if (person.runs.length > 0) await engineActs[act](person, pick(person.runs, run), net)
    return undefined
  },
)

const tokenExpiry = operation(
  fc.constant(undefined),
  () => 'has a broker token that expires',
  async (person) => {
    await expireToken(person)
    return undefined
  },
)

/** What changes something of an account, or tries to change something of the other. */
export const writes: readonly fc.WeightedArbitrary<Operation>[] = [
  { weight: 5, arbitrary: startRun },
  { weight: 2, arbitrary: stopRun },
  { weight: 8, arbitrary: engine },
  { weight: 1, arbitrary: signIn },
  { weight: 1, arbitrary: signOut },
  { weight: 2, arbitrary: rename },
  { weight: 1, arbitrary: revoke },
  { weight: 1, arbitrary: revokeOthers },
  { weight: 1, arbitrary: tokenExpiry },
  { weight: 1, arbitrary: disconnect },
  { weight: 3, arbitrary: trespass },
]
