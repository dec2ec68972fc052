import { expect, test } from 'vitest'
import { turnOf, turns } from './folder-turn.ts'

test.each([
  ['with numbers in a row', (index: number) => `UK${1000 + index}`],
  [
    'with letters before them',
    (index: number) => `${String.fromCharCode(65 + (index % 26))}B${9000 + index}`,
  ],
])('accounts %s share the turns of a day about evenly', (_, brokerId) => {
  const counts = Array.from({ length: turns }, () => 0)
  for (let index = 0; index < 1000; index += 1) {
    const turn = turnOf(`${brokerId(index)}/2026-11-29`)
    counts[turn] = (counts[turn] ?? 0) + 1
  }
  expect(counts).toHaveLength(turns)
  expect(Math.min(...counts)).toBeGreaterThan(60)
  expect(Math.max(...counts)).toBeLessThan(140)
})
