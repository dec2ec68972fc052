import { expect, test, vi } from 'vitest'
import { Turns } from './turns.ts'

test('two write at a time, the others in the order in which they came', () => {
  const turns = new Turns()
  const rings = Array.from({ length: 5 }, () => vi.fn())
  const [first, second, third, fourth, fifth] = rings.map((ring) => turns.of(ring))
  expect([first, second, third, fourth, fifth].map((turn) => turn?.take())).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
  // Asking again changes nothing.
  expect([third, first].map((turn) => turn?.take())).toEqual([false, true])

  // One that waits no longer is passed over.
  third?.leave()
  second?.leave()
  expect(rings.map((ring) => ring.mock.calls.length)).toEqual([0, 0, 0, 1, 0])
  expect([second, fourth, fifth].map((turn) => turn?.take())).toEqual([false, true, false])

  // One that was called and has nothing to write any more calls the next.
  fourth?.leave()
  expect(rings.map((ring) => ring.mock.calls.length)).toEqual([0, 0, 0, 1, 1])
  first?.leave()
  expect(rings[1]).toHaveBeenCalledOnce()
  for (const turn of [second, fifth, fifth]) turn?.leave()
  expect([first, second, third].map((turn) => turn?.take())).toEqual([true, true, false])
})
