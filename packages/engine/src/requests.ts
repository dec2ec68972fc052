import type { PgBoss } from 'pg-boss'
import { accountQueue, openQueue } from './lease/queue.ts'

/** Asks for an account to have an actor. */
export interface AccountRequests {
  /**
   * Makes sure that the account has a job, so that some engine process runs its actor. Safe to repeat. Call it before a
   * run is inserted: then no crash in between can leave a run that nobody looks after. Rejects with the code ETIMEDOUT
   * when the queue does not answer within five seconds; the job may be there all the same.
   */
  request(brokerId: string): Promise<void>
  close(): Promise<void>
}

/** Requests for processes that serve HTTP; connects at the first request. */
export function createAccountRequests(settings: {
  readonly url: string
  readonly onError?: (error: Error) => void
}): AccountRequests {
  const { url, onError = () => {} } = settings
  let started: Promise<PgBoss> | undefined
  const boss = () => {
    started ??= openQueue({ url, supervise: false, max: 1, onError }).start()
    // A failed start is not kept: the next request tries again.
    started.catch(() => (started = undefined))
    return started
  }
  return {
    request: (brokerId) => inTime(boss().then((queue) => requestActor(queue, brokerId))),
    close: async () => (await started?.catch(() => undefined))?.stop({ graceful: false }),
  }
}

async function inTime(asked: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const error = Object.assign(new Error('The job queue does not answer'), { code: 'ETIMEDOUT' })
  const timer = setTimeout(() => late.reject(error), answerMs)
  try {
    await Promise.race([asked, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const answerMs = 5000

/** Adds the account's job unless it has one, waiting or running. */
export async function requestActor(boss: PgBoss, brokerId: string): Promise<void> {
  await boss.send(accountQueue, { brokerId }, { singletonKey: brokerId })
}
