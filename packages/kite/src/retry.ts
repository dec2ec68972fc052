import { setTimeout as sleep } from 'node:timers/promises'
import { KiteError } from './kite-error.ts'

/** How reading calls are tried again; orders never are. */
export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly tries?: number
  /** Waits; a test brings its own. */
  readonly sleep?: (delayMs: number) => Promise<unknown>
  /** A number in [0, 1). */
  readonly random?: () => number
}

const firstDelayMs = 300
const delayMaxMs = 5_000
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504])

/**
 * Runs a call that changes nothing, again after 429, 502, 503, 504 and when no answer came. It waits a random time
 * between nothing and a doubling bound (full jitter), at least what the broker asked for; asked for more than 5 s, it gives up.
 */
export async function withRetry<Result>(
  run: () => Promise<Result>,
  options: RetryOptions = {},
): Promise<Result> {
  const tries = options.tries ?? 3
  const random = options.random ?? Math.random
  for (let failures = 1; ; failures += 1) {
    try {
      return await run()
    } catch (error) {
      if (failures >= tries || !isPassing(error)) throw error
      const bound = Math.min(delayMaxMs, firstDelayMs * 2 ** failures)
      const delayMs = Math.max(random() * bound, error.retryAfterMs ?? 0)
      if (delayMs > delayMaxMs) throw error
      await (options.sleep ?? sleep)(delayMs)
    }
  }
}

function isPassing(error: unknown): error is KiteError {
  if (!(error instanceof KiteError)) return false
  return error.status === null ? error.errorType === 'NetworkException' : passing.has(error.status)
}
