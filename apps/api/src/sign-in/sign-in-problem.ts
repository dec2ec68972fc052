import type { SignInProblem } from '@stratdesk/contracts/session'
import { ProblemError } from '../http/problem.ts'
import { SignInRefused } from './kite-login.ts'

const refusals: Readonly<Record<Exclude<SignInProblem, 'broker-unavailable' | 'unavailable'>, string>> = {
  denied: 'The login at the broker was cancelled',
  'state-mismatch': 'This sign-in was not started here, or was finished already',
  'token-expired': 'The broker says that this token is invalid, used or expired',
  'broker-refused': 'The broker refused these keys or this token',
  'not-allowed': 'This server does not let in that broker id',
  'too-many-sign-ins': 'There were too many sign-ins of this account; wait a moment',
  'other-account': 'That login was of another account at the broker; nothing was changed',
}

/** Rethrows a refused sign-in as the Problem a form can show. */
export function refusalProblem(error: unknown): never {
  if (!(error instanceof SignInRefused)) throw error
  const { reason } = error
  if (reason === 'broker-unavailable' || reason === 'unavailable') {
    const message = 'The broker does not answer; nothing was changed. Try again in a moment'
    throw new ProblemError('broker-unavailable', message, { retryAfterSeconds: 5, cause: error })
  }
  const { retryAfterSeconds } = error
  if (retryAfterSeconds !== undefined) {
    throw new ProblemError('limit-exceeded', refusals[reason], { retryAfterSeconds, cause: error })
  }
  throw new ProblemError('broker-refused', refusals[reason], { cause: error })
}
