import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serverFacts } from '../testing/server-facts.ts'
import { isGone, processPlace } from './process-place.ts'

let ended: number
let running: ReturnType<typeof spawn>
beforeAll(async () => {
  const child = spawn(process.execPath, ['--version'])
  await once(child, 'exit')
  ended = child.pid ?? 0
  running = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(running, 'spawn')
})
afterAll(() => running.kill())

const place = processPlace()
const self = serverFacts({ id: 'self', pid: process.pid, place })
const other = (facts: Parameters<typeof serverFacts>[0]) => serverFacts({ id: 'other', place, ...facts })

it('a place is told on Linux, and is the same for all that one can send signals to', () => {
  expect(place === null).toBe(process.platform !== 'linux')
  expect(processPlace()).toBe(place)
})

it.runIf(process.platform === 'linux')('a process of this place that is no more is gone', () => {
  expect(isGone(other({ pid: ended }), self)).toBe(true)
  expect(isGone(other({ pid: running.pid ?? 0 }), self)).toBe(false)
  expect(isGone(self, self)).toBe(false)
})

it('one of another place with the same host name, as containers have, is not judged by an id of this one', () => {
  for (const elsewhere of ['another start of the kernel', null]) {
    expect(isGone(other({ pid: ended, host: self.host, place: elsewhere }), self)).toBe(false)
    expect(isGone(other({ pid: process.pid, host: self.host, place: elsewhere }), self)).toBe(false)
  }
  expect(isGone(other({ pid: ended, place: null }), serverFacts({ id: 'self', place: null }))).toBe(false)
})
