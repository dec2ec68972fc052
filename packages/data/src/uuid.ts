import { randomUUIDv7 } from 'node:crypto'

let lastMs = 0
let counter = 0

/**
 * A new UUIDv7. Ids of one process sort in the order they were made, also within a millisecond (RFC 9562, 6.2, method
 * 1), so rows of one instant keep their order and new rows land at the end of an index.
 */
export function uuidv7(): string {
  const now = Date.now()
  counter = now > lastMs ? 0 : counter + 1
  lastMs = Math.max(lastMs, now)
  if (counter > 0xfff) {
    lastMs += 1
    counter = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const sequence = counter.toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}${randomUUIDv7().slice(18)}`
}
