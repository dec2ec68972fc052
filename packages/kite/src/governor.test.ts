import { afterEach, expect, test } from 'vitest'
import { createGovernor, type Governor, type GovernorOptions, type Lane } from './governor.ts'
import { KiteError } from './kite-error.ts'

/** Time that stands still until a test moves it. */
function testClock(start = '2026-11-23T04:00:00Z') {
  const base = Date.parse(start)
  let nowMs = 0
  let planned: { atMs: number; run: () => void }[] = []
  return {
    monotonicMs: () => nowMs,
    now: () => new Date(base + nowMs),
    after: (delayMs: number, run: () => void) => {
      const plan = { atMs: nowMs + delayMs, run }
      planned.push(plan)
      return () => (planned = planned.filter((other) => other !== plan))
    },
    async pass(ms: number) {
      await settled()
      const endMs = nowMs + ms
      for (;;) {
        const next = planned.filter((plan) => plan.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
        if (!next) break
        planned = planned.filter((plan) => plan !== next)
        nowMs = next.atMs
        next.run()
        await settled()
      }
      nowMs = endMs
      await settled()
    },
    get planned() {
      return planned.length
    },
  }
}

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
}

let governor: Governor | undefined
afterEach(() => governor?.close())

function governed(options: GovernorOptions = {}) {
  const clock = testClock()
  const gate = createGovernor({ clock, ...options })
  governor = gate
  const sent: { lane: Lane; name: string; atMs: number }[] = []
  const refused: string[] = []
  const call = (lane: Lane, name = '', how: Parameters<Governor['acquire']>[1] = {}) => {
    gate.acquire(lane, how).then(
      () => sent.push({ lane, name, atMs: clock.monotonicMs() }),
      (error: unknown) =>
        refused.push(error instanceof KiteError ? `${name}: ${error.errorType}` : String(error)),
    )
  }
  return { clock, gate, sent, refused, call }
}

test('no second holds more than ten orders, also the second that begins in a full one', async () => {
  const { clock, call, sent } = governed()
  for (let order = 0; order < 35; order += 1) call('orders')
  await clock.pass(10_000)
  expect(sent).toHaveLength(35)
  for (const { atMs } of sent) {
    expect(
      sent.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000).length,
    ).toBeLessThanOrEqual(10)
  }
  expect(sent.at(-1)?.atMs).toBe(3_000)
})

test('quotes go one a second, history three, and neither holds up the other or the orders', async () => {
  const { clock, call, sent } = governed()
  for (let turn = 0; turn < 4; turn += 1) {
    call('quote')
    call('historical')
    call('orders')
  }
  await clock.pass(5_000)
  const times = (lane: Lane) => sent.filter((grant) => grant.lane === lane).map((grant) => grant.atMs)
  expect(times('quote')).toEqual([0, 1_000, 2_000, 3_000])
  expect(times('historical')).toEqual([0, 0, 0, 1_000])
  expect(times('orders')).toEqual([0, 0, 0, 0])
})

test('calls of one kind leave in the order they came', async () => {
  const { clock, call, sent } = governed()
  for (const name of ['a', 'b', 'c', 'd']) call('quote', name)
  await clock.pass(1_000)
  call('quote', 'e')
  await clock.pass(10_000)
  expect(sent.map((grant) => grant.name).join('')).toBe('abcde')
})

test('a cancel goes before orders that wait, and the minute of orders does not stop it', async () => {
  const { clock, call, sent } = governed({ ordersAMinute: { count: 12, perMs: 60_000 }, waitMaxMs: 60_000 })
  for (let order = 0; order < 14; order += 1) call('orders', `order ${order}`)
  call('orderChanges', 'cancel')
  await clock.pass(59_999)
  expect(sent.map((grant) => grant.name).slice(10)).toEqual(['cancel', 'order 10', 'order 11'])
  expect(sent[10]?.atMs).toBe(1_000)
  await clock.pass(1)
  expect(sent).toHaveLength(15)
})

test('an order that would wait too long is refused at once, one that turns out to is refused when its time is up', async () => {
  const { clock, call, sent, refused } = governed({
    ordersAMinute: { count: 1, perMs: 60_000 },
    waitMaxMs: 5_000,
  })
  call('orders', 'first')
  call('orders', 'second')
  for (let turn = 0; turn < 8; turn += 1) call('quote', `quote ${turn}`)
  await clock.pass(0)
  expect(refused).toEqual(['second: LocalLimitException'])
  await clock.pass(20_000)
  expect(sent.filter((grant) => grant.lane === 'quote')).toHaveLength(6)
  expect(refused).toEqual([
    'second: LocalLimitException',
    'quote 6: LocalLimitException',
    'quote 7: LocalLimitException',
  ])
})

test('orders are refused rather than kept waiting when that is chosen', async () => {
  const { clock, call, sent, refused } = governed({
    ordersOverLimit: 'refuse',
    ordersASecond: { count: 1, perMs: 1_000 },
  })
  call('orders', 'first')
  call('orders', 'second')
  call('orders', 'patient', { overLimit: 'wait' })
  await clock.pass(1_000)
  expect(sent.map((grant) => grant.name)).toEqual(['first', 'patient'])
  expect(refused).toEqual(['second: LocalLimitException'])
})

test('the line of waiting calls has an end', async () => {
  const { clock, gate, call, refused } = governed({ queueMax: 2 })
  for (const name of ['a', 'b', 'c', 'd']) call('quote', name)
  await clock.pass(0)
  expect(gate.waiting).toBe(2)
  expect(refused).toEqual(['d: LocalLimitException'])
})

test('the orders of a day end at their limit, count what was placed before, and begin anew at midnight in India', async () => {
  const { clock, gate, call, sent, refused } = governed({ ordersADay: 5, ordersToday: 3 })
  for (const name of ['a', 'b', 'c']) call('orders', name)
  call('orderChanges', 'cancel')
  await clock.pass(0)
  expect(sent.map((grant) => grant.name)).toEqual(['a', 'b', 'cancel'])
  expect(refused).toEqual(['c: LocalLimitException'])
  expect(gate.ordersToday).toBe(5)
  await clock.pass(14.5 * 3_600_000)
  expect(gate.ordersToday).toBe(0)
  call('orders', 'tomorrow')
  await clock.pass(0)
  expect(sent.at(-1)?.name).toBe('tomorrow')
})

test('who gives up leaves the line, and closing empties it and leaves no timer', async () => {
  const { clock, gate, call, refused, sent } = governed()
  const giveUp = new AbortController()
  call('quote', 'first')
  call('quote', 'gives up', { signal: giveUp.signal })
  call('quote', 'stays')
  giveUp.abort()
  await clock.pass(0)
  expect(refused).toEqual(['gives up: LocalLimitException'])
  await clock.pass(1_000)
  expect(sent.map((grant) => grant.name)).toEqual(['first', 'stays'])
  call('quote', 'too late')
  gate.close()
  call('quote', 'after the end')
  await clock.pass(0)
  expect(refused.slice(1)).toEqual(['too late: LocalLimitException', 'after the end: LocalLimitException'])
  expect(clock.planned).toBe(0)
})

test('two accounts do not share their limits', async () => {
  const clock = testClock()
  const [uk9394, uk1234] = [createGovernor({ clock }), createGovernor({ clock })]
  await Promise.all([uk9394.acquire('quote'), uk1234.acquire('quote')])
  expect([uk9394.waiting, uk1234.waiting]).toEqual([0, 0])
})

test('on the real clock the wait is real', async () => {
  const gate = createGovernor({ quote: { count: 1, perMs: 40 } })
  governor = gate
  const beganMs = performance.now()
  await Promise.all([gate.acquire('quote'), gate.acquire('quote'), gate.acquire('quote')])
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(79)
})
