import type { SignInProblem } from '@stratdesk/contracts/session'
import type { SignInSearch } from './search.ts'

/** A reason to show on the sign-in page, and whether something went wrong or merely ended. */
export interface Reason {
  readonly tone: 'problem' | 'notice'
  readonly title: string
  readonly text: string
}

const problems: Readonly<Record<SignInProblem, Omit<Reason, 'tone'>>> = {
  denied: {
    title: 'The login was cancelled',
    text: 'The broker says that the login was not completed. Nobody was signed in.',
  },
  'state-mismatch': {
    title: 'That login could not be matched',
    text: 'It was begun in another browser, was used before, or is too old. Nobody was signed in; begin again here.',
  },
  'token-expired': {
    title: 'The login ran out',
    text: 'It took too long between the broker’s page and this one. Nobody was signed in; sign in again.',
  },
  'broker-refused': {
    title: 'The broker refused the login',
    text: 'Check that the API key and secret belong together, then sign in again. Nothing was kept.',
  },
  'broker-unavailable': {
    title: 'The broker could not be reached',
    text: 'Nobody was signed in and nothing was changed. Try again in a moment.',
  },
  'not-allowed': {
    title: 'This account may not sign in here',
    text: 'Whoever runs this server allows certain broker accounts only. Ask them to add yours.',
  },
  'other-account': {
    title: 'That was another account',
    text: 'The login at the broker was of another account than the one signed in here. Nothing was changed.',
  },
  unavailable: {
    title: 'The sign-in could not be finished',
    text: 'The server was not ready. Nobody was signed in; try again in a moment.',
  },
}

/** Why somebody is on the sign-in page again, in plain words; undefined for a first visit. */
export function signInReason({ problem, ended, renew }: SignInSearch): Reason | undefined {
  if (problem !== undefined) return { tone: 'problem', ...problems[problem] }
  if (ended === 'elsewhere') {
    const text =
      'The session ended, another device signed this one out, or the server was restarted. Your runs go on.'
    return { tone: 'notice', title: 'You were signed out on this device', text }
  }
  if (ended === 'here') {
    const text = 'Your runs go on, and your other devices stay signed in.'
    return { tone: 'notice', title: 'You have signed out on this device', text }
  }
  if (renew === true) {
    const text = 'The broker ends every connection at 06:00 IST. Sign in with Kite to connect again.'
    return { tone: 'notice', title: 'Renew the broker connection', text }
  }
  return undefined
}
