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
  'too-many-sign-ins': {
    title: 'Too many sign-ins',
    text: 'There were too many from here, or of this account. Nobody was signed in; try again in a minute.',
  },
  unavailable: {
    title: 'The sign-in could not be finished',
    text: 'The server was not ready. Nobody was signed in; try again in a moment.',
  },
}

const endings: Readonly<Record<NonNullable<SignInSearch['ended']>, Omit<Reason, 'tone'>>> = {
  elsewhere: {
    title: 'You were signed out on this device',
    text: 'The session ended, another device signed this one out, or the server was restarted. Being signed out stops no run.',
  },
  here: {
    title: 'You have signed out on this device',
    text: 'Your runs go on, and your other devices stay signed in.',
  },
  everywhere: {
    title: 'You have signed out on every device',
    text: 'Your runs go on. Each device needs the broker’s login to come back.',
  },
}

/**
 * Why somebody is on the sign-in page again, in plain words; undefined for a first visit. `why` is the server's
 * sentence on how the session ended, where there is one.
 */
export function signInReason(
  { problem, ended, renew }: SignInSearch,
  why: string | undefined,
): Reason | undefined {
  if (problem !== undefined) return { tone: 'problem', ...problems[problem] }
  if (ended === 'elsewhere' && why !== undefined) {
    return { tone: 'notice', title: endings.elsewhere.title, text: why }
  }
  if (ended !== undefined) return { tone: 'notice', ...endings[ended] }
  if (renew === true) {
    const text =
      'This server keeps no API secret of your account. Enter your keys and sign in with Kite; you come back to where you were.'
    return { tone: 'notice', title: 'Your keys are needed', text }
  }
  return undefined
}
