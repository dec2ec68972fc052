import { AuditAction, type AuditEntry } from '@stratdesk/contracts/audit'

/** What an action is called where it is chosen as a filter. */
const actionNames: Readonly<Record<AuditAction, string>> = {
  'signed-in': 'Signed in',
  'sign-in-refused': 'Sign-in refused',
  'stepped-up': 'Confirmed with Kite',
  'signed-out': 'Signed out',
  'device-renamed': 'Device renamed',
  'device-revoked': 'Device signed out',
  'connection-renewed': 'Connection renewed',
  disconnected: 'Disconnected',
  'keys-replaced': 'Keys replaced',
  'keys-removed': 'Keys removed',
  'account-disabled': 'Account disabled',
  'account-enabled': 'Account enabled',
  'run-started': 'Run started',
  'run-stop-requested': 'Run stopped',
}

/** The actions as options of a filter, in their order. */
export const actionOptions = AuditAction.options.map((value) => ({ value, label: actionNames[value] }))

const methods: Readonly<Record<string, string>> = {
  redirect: 'Signed in with Kite',
  'request-token': 'Signed in with a pasted request token',
  'access-token': 'Signed in with a pasted access token',
}

const refusals: Readonly<Record<string, string>> = {
  'not-on-the-list': 'Refused: not on this server’s list',
  'too-many-sign-ins': 'Refused: too many sign-ins within a minute',
  'other-account': 'Refused: the login was of another account',
  disabled: 'Refused: the account is disabled here',
}

/** What was done, in plain words: “Signed out Phone”. */
export function activityWords({ action, detail, device }: AuditEntry): string {
  const text = (name: string) => (typeof detail[name] === 'string' ? detail[name] : '')
  switch (action) {
    case 'signed-in':
      return methods[text('method')] ?? actionNames[action]
    case 'sign-in-refused':
      return refusals[text('reason')] ?? 'Refused a sign-in'
    case 'stepped-up':
      return 'Confirmed with Kite that it is you'
    case 'signed-out':
      return because(actionNames[action], text('reason'))
    case 'device-renamed':
      return text('label') === '' ? 'Renamed a device' : `Renamed a device to ${text('label')}`
    case 'device-revoked': {
      const isOwn = device !== null && device.id === text('deviceId')
      return because(isOwn ? 'Signed out' : `Signed out ${text('label') || 'a device'}`, text('reason'))
    }
    case 'connection-renewed':
      return 'Renewed the broker connection'
    case 'disconnected':
      return 'Disconnected from the broker'
    case 'keys-replaced':
      return 'Replaced the broker keys'
    case 'keys-removed':
      return 'Removed the broker keys'
    case 'account-disabled':
      return because('The account was disabled', text('reason'))
    case 'account-enabled':
      return 'The account was enabled'
    case 'run-started':
      return `Started ${text('name') || 'a run'}`
    case 'run-stop-requested':
      return detail['flatten'] === true ? 'Stopped a run and closed its positions' : 'Stopped a run'
  }
}

/** The run an entry is about, to link to. */
export function runOf({ detail }: AuditEntry): string | undefined {
  return typeof detail['runId'] === 'string' ? detail['runId'] : undefined
}

function because(what: string, reason: string): string {
  return reason === '' ? what : `${what}: ${reason}`
}
