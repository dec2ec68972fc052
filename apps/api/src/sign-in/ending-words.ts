import { ProblemError, signedOut } from '../http/problem.ts'
import { devicesMax, type EndReason } from './session-store.ts'

const words: Readonly<Record<EndReason, string>> = {
  'signed-out': 'You signed out on this device',
  'signed-in-again': 'This device has signed in again since then',
  revoked: 'This device was signed out from another device',
  'too-many-devices': `${devicesMax} newer devices are signed in, which is as many as an account can have`,
  'keys-changed': 'The broker keys of the account were changed on another device',
  'account-disabled': 'This account was disabled by the operator of this server',
  expired: 'The time of this session is over',
}

/** The answer to a session that has ended, in the words for how; without a reason the one that anybody gets. */
export function sessionEnded(reason: EndReason | undefined): ProblemError {
  return reason === undefined ? signedOut() : new ProblemError('signed-out', words[reason])
}
