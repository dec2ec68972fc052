import { expect, onTestFinished, test, vi } from 'vitest'
import { Turns } from './turns.ts'

test('two write at a time, the others in the order in which they came', () => {
  const turns = new Turns(500)
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

test('whoever has waited for long writes too, counted from when it first had to wait', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const turns = new Turns(500)
  const [first, second, third] = [1, 2, 3].map(() => turns.of(() => {}))
  expect([first, second].map((turn) => turn?.take())).toEqual([true, true])
  vi.advanceTimersByTime(10_000)
  expect([third?.leftMs, third?.take(), third?.leftMs]).toEqual([0, false, 500])
  vi.advanceTimersByTime(499)
  expect([third?.take(), third?.leftMs]).toEqual([false, 1])
  vi.advanceTimersByTime(1)
  expect([third?.take(), third?.leftMs]).toEqual([true, 0])
  third?.leave()
  expect([third?.take(), third?.leftMs]).toEqual([false, 500])
})
