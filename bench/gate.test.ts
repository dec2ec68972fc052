import { expect, it } from 'vitest'
import { judge } from './findings.ts'
import { passesGate } from './gate.ts'
import type { Limit, Row } from './row.ts'

const about = { work: 'works', limitedBy: 'nothing' }
const row: Row = {
  ...about,
  name: 'row',
  against: 'a peer',
  unit: 'requests/s',
  mark: { atLeast: 2 },
  run: () => Promise.reject(new Error('not run here')),
}
const limit: Limit = { ...about, name: 'limit', unit: 'ms', mark: { atMost: 100 }, run: async () => [] }

/** Measures nothing, and answers with one ratio after the other. */
function benchOf(...ratios: readonly number[]) {
  const left = [...ratios]
  const measured: string[] = []
  return {
    measured,
    left,
    measure: async ({ name }: { readonly name: string }) => {
      measured.push(name)
      return { ours: [left.shift() ?? Number.NaN], peer: [1] }
    },
  }
}
const silent = () => {}

it('lets a row pass that reaches 0.8 of its mark', async () => {
  const bench = benchOf(1.6)
  expect(await passesGate(bench, [row], silent)).toBe(true)
  expect(bench.measured).toEqual(['row'])
})

it('measures a row that missed once more, and fails when it misses again', async () => {
  const noisy = benchOf(1.5, 1.7)
  expect(await passesGate(noisy, [row], silent)).toBe(true)
  expect(noisy.measured).toEqual(['row', 'row'])
  const slow = benchOf(1.5, 1.5, 125)
  const lines: string[] = []
  expect(await passesGate(slow, [row, limit], (line) => lines.push(line))).toBe(false)
  expect(slow.measured).toEqual(['row', 'row', 'limit'])
  expect(lines.at(-1)).toBe('Below 0.8 of the mark, twice: row')
})

it('does not let a row pass that has no figure', async () => {
  expect(await passesGate(benchOf(), [row], silent)).toBe(false)
})

it('judges ratios by round, and values by the part of them that the mark is of', () => {
  expect(judge(row, { ours: [10, 30, 20], peer: [10, 10, 5] })).toEqual({
    value: 3,
    spread: [1, 4],
    isReached: true,
  })
  const values = { ours: [10, 20, 30, 400], peer: [] }
  expect(judge(limit, values)).toEqual({ value: 30, spread: [10, 400], isReached: true })
  expect(judge({ ...limit, quantile: 0.99 }, values).isReached).toBe(false)
  expect(judge(limit, { ours: [125], peer: [] }, 0.8).isReached).toBe(true)
  expect(judge(limit, { ours: [126], peer: [] }, 0.8).isReached).toBe(false)
})
