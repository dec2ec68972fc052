import { expect, vi } from 'vitest'
import type { Load } from './load.ts'

/** How soon everything works again once what was broken is back. */
export const recoveryMs = 2000

/** What a loaded machine is given on top, in milliseconds: thrice what it takes for the same without a fault. */
export async function loadAllowance(theSame: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await theSame()
  return 3 * (performance.now() - began)
}

/** Waits until a load's every kind of call was answered well since that moment; rejects after `timeout` milliseconds. */
export async function untilServed({ answers }: Load, since: number, timeout: number): Promise<void> {
  await vi.waitFor(
    () => {
      // An account that has as many runs as it may is refused another one by what Postgres says.
      const done = answers.filter(({ at, status }) => at > since && (status < 300 || status === 409))
      const whats = new Set(done.map(({ what }) => what))
      expect(['read', 'write', 'start'].filter((what) => !whats.has(what))).toEqual([])
    },
    { timeout, interval: 10 },
  )
}
