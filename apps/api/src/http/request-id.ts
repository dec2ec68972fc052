import { randomBytes } from 'node:crypto'

/** Ids that are unique over processes and restarts and cost a counter: a random word of this boot and a number. */
export function createRequestIds(): () => string {
  const boot = randomBytes(6).toString('base64url')
  let count = 0
  return () => `${boot}-${(++count).toString(36)}`
}
