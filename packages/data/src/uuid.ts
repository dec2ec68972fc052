import { randomUUIDv7 } from 'node:crypto'

/** A new UUIDv7: ids of one process sort in the order they were made, so new rows land at the end of an index. */
export function uuidv7(): string {
  return randomUUIDv7()
}
