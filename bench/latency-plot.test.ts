import { expect, it } from 'vitest'
import { latencyPlot } from './latency-plot.ts'

type Latencies = readonly [p50: number, p99: number | null]

const point = (perSecond: number, ours: Latencies, peer: Latencies) => ({
  perSecond,
  ours: { p50: ours[0], p99: ours[1] },
  peer: { p50: peer[0], p99: peer[1] },
})

it('draws each line through its figures, on a logarithmic scale', () => {
  const svg = latencyPlot([point(500, [1, 10], [1, 10]), point(1000, [10, 100], [100, 1000])])
  const lines = [...svg.matchAll(/<polyline class="line" points="([^"]+)"/g)].map(([, at = '']) =>
    at.split(' ').map((place) => place.split(',').map(Number)),
  )
  expect(lines).toHaveLength(4)
  const [left = 0, right = 0] = (lines[0] ?? []).map(([x]) => x)
  const [ourFirst = 0, ourLast = 0] = (lines[0] ?? []).map(([, y]) => y)
  const [, peerLast = 0] = (lines[2] ?? []).map(([, y]) => y)
  expect(left).toBeLessThan(right)
  // Ten times as long is as far again, wherever one is.
  expect(ourFirst - ourLast).toBeCloseTo(ourLast - peerLast, 0)
  expect(svg).not.toContain('NaN')
})

it('keeps the names beside the lines apart, though the lines end in one place', () => {
  const svg = latencyPlot([point(500, [1, 10], [1, 10]), point(1000, [9, 9], [9, 9])])
  const names = [...svg.matchAll(/<text x="[^"]+" y="([^"]+)" style/g)].map(([, y]) => Number(y))
  expect(names).toHaveLength(4)
  for (const [index, y] of names.slice(1).entries())
    expect(y - (names[index] ?? 0)).toBeGreaterThanOrEqual(15)
})

it('ends a line where requests were refused', () => {
  const svg = latencyPlot([point(500, [1, 10], [1, 10]), point(1000, [10, null], [10, 100])])
  const lengths = [...svg.matchAll(/<polyline class="line" points="([^"]+)"/g)].map(
    ([, at = '']) => at.split(' ').length,
  )
  expect(lengths).toEqual([2, 1, 2, 2])
})
