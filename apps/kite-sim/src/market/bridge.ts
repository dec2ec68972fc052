import { mix, normal } from './hash.ts'

/**
 * A Brownian bridge (Lévy's construction): a random walk over whole steps 0…`length` whose two ends are
 * known. Each midpoint is its neighbours' line plus a displacement hashed from the key, so any step is
 * found in log2(length) hashes and always comes out the same.
 */
export interface Bridge {
  readonly key: number
  readonly length: number
  readonly left: number
  readonly right: number
  /** Standard deviation of one free step. */
  readonly sigma: number
}

/** The bridge's value at one step. */
export function bridgeAt(bridge: Bridge, step: number): number {
  let low = 0
  let high = bridge.length
  let left = bridge.left
  let right = bridge.right
  while (step > low && step < high) {
    const middle = (low + high) >> 1
    const value = midpoint(bridge, low, middle, high, left, right)
    if (step < middle) {
      high = middle
      right = value
    } else {
      low = middle
      left = value
    }
  }
  return step <= low ? left : right
}

/** All `length + 1` values, equal to `bridgeAt` of every step but at one hash each. */
export function bridgePoints(bridge: Bridge): Float64Array {
  const points = new Float64Array(bridge.length + 1)
  const fill = (low: number, high: number, left: number, right: number): void => {
    if (high - low < 2) return
    const middle = (low + high) >> 1
    const value = midpoint(bridge, low, middle, high, left, right)
    points[middle] = value
    fill(low, middle, left, value)
    fill(middle, high, value, right)
  }
  points[0] = bridge.left
  points[bridge.length] = bridge.right
  fill(0, bridge.length, bridge.left, bridge.right)
  return points
}

function midpoint(
  bridge: Bridge,
  low: number,
  middle: number,
  high: number,
  left: number,
  right: number,
): number {
  const share = (middle - low) / (high - low)
  const spread = bridge.sigma * Math.sqrt((middle - low) * (1 - share))
  return left + (right - left) * share + spread * normal(mix(bridge.key, middle))
}
