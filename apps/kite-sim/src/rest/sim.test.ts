import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningKiteSim, startKiteSim } from '../app.ts'

let sim: RunningKiteSim
beforeEach(async () => {
  sim = await startKiteSim({ speed: 0, start: '2026-11-23T05:00:00Z' })
})
afterEach(() => sim.close())

const put = (body: string) =>
  fetch(`${sim.url}/sim/clock`, { method: 'PUT', body, headers: { 'content-type': 'application/json' } })

test('time stands still, steps, jumps and runs as told', async () => {
  expect(await (await fetch(`${sim.url}/sim/clock`)).json()).toEqual({
    speed: 0,
    now: '2026-11-23T05:00:00Z',
  })
  expect(await (await put('{"advance":61}')).json()).toEqual({ speed: 0, now: '2026-11-23T05:01:01Z' })
  const jumped = await put('{"now":"2026-11-20T00:00:00+05:30","advance":1}')
  expect(await jumped.json()).toEqual({ speed: 0, now: '2026-11-19T18:30:01Z' })
  await put('{"speed":3600}')
  const isMinutesLater = () => sim.clock.get().now > '2026-11-19T18:32'
  await expect.poll(isMinutesLater, { timeout: 10_000 }).toBe(true)
})

test.each([
  '{"speed":-1}',
  '{"speed":1e9}',
  '{"speed":"1"}',
  '{"advance":0}',
  '{"advance":1.5}',
  '{"advance":1e9}',
  '{"now":"yesterday"}',
  '{"now":"2099-01-01T00:00:00Z"}',
  '{"pace":1}',
  '[]',
  '{',
])('%s changes nothing', async (body) => {
  const reply = await put(body)
  expect(reply.status).toBe(400)
  expect(await reply.json()).toMatchObject({ status: 'error', error_type: 'InputException' })
  expect(sim.clock.get()).toEqual({ speed: 0, now: '2026-11-23T05:00:00Z' })
})

test('it listens on loopback unless told otherwise', async () => {
  await expect(startKiteSim({ host: '0.0.0.0' })).rejects.toThrow('loopback')
  const open = await startKiteSim({ host: '0.0.0.0', allowRemote: true })
  await open.close()
})
