import { expect, test } from 'vitest'
import type { ChartColours } from './chart-colours.ts'
import { chartTime } from './ist-time.ts'
import { marksByBar, toMarkers, type Mark } from './marks.ts'

const colours: ChartColours = {
  background: 'b',
  text: 't',
  dimmed: 'd',
  line: 'l',
  accent: 'indigo',
  gain: 'green',
  loss: 'red',
  gainFaint: 'g1',
  lossFaint: 'r1',
  clear: 'c',
}
const mark = (kind: Mark['kind'], bought: boolean, at: string): Mark => ({ kind, bought, at, text: kind })

test('marks buys below the bar and sells above it, each kind with its own shape', () => {
  const markers = toMarkers(
    [
      mark('gain', false, '2026-11-22T08:35:07.000Z'),
      mark('long-entry', true, '2026-11-22T08:35:01.000Z'),
      mark('short-entry', false, '2026-11-22T08:35:08.000Z'),
      mark('loss', true, '2026-11-22T08:35:12.000Z'),
    ],
    '5s',
    colours,
  )
  expect(markers.map(({ time, position, shape, color }) => [time, position, shape, color])).toEqual([
    [chartTime('2026-11-22T08:35:00.000Z'), 'belowBar', 'arrowUp', 'indigo'],
    [chartTime('2026-11-22T08:35:05.000Z'), 'aboveBar', 'circle', 'green'],
    [chartTime('2026-11-22T08:35:05.000Z'), 'aboveBar', 'arrowDown', 'indigo'],
    [chartTime('2026-11-22T08:35:10.000Z'), 'belowBar', 'square', 'red'],
  ])
})

test('counts what falls into the same bar instead of piling it up', () => {
  const marks = [1, 2, 3].map((second) => mark('gain', false, `2026-11-22T08:35:0${second}.000Z`))
  const [marker, ...others] = toMarkers(marks, '1m', colours)
  expect(marker?.text).toBe('3')
  expect(others).toEqual([])
  expect(marksByBar(marks, '1m').get(chartTime('2026-11-22T08:35:00.000Z'))).toHaveLength(3)
})
