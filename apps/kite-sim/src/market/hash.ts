import { hash } from 'node:crypto'

/** A 32-bit key for text, the same on every machine. */
export const textKey = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 8), 16) | 0

/** Mixes two integers into a key: 32 well-spread bits, signed (murmur3's finaliser). */
export function mix(key: number, value: number): number {
  let h = Math.imul(key ^ Math.imul(value, 0x9e3779b1), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2d)
  return h ^ (h >>> 15)
}

/** A whole number from 0 to `below` − 1. */
export const pick = (key: number, below: number): number => Math.floor(((key >>> 0) / 0x1_0000_0000) * below)

/**
 * A value with mean 0 and variance 1, within ±3.5: the sum of four uniform 16-bit parts.
 * Only additions and one multiplication, so no machine rounds it differently.
 */
export function normal(key: number): number {
  const other = mix(key, 0x5bd1e995)
  const sum = (key & 0xffff) + (key >>> 16) + (other & 0xffff) + (other >>> 16)
  return (sum / 65_536 - 2) * 1.7320508075688772
}
