/** A clock that stands still while the server's is set back: what has ended must not be revived by that. */
export function forwardClock(now: () => number = Date.now): () => number {
  let latest = 0
  return () => {
    latest = Math.max(latest, now())
    return latest
  }
}
