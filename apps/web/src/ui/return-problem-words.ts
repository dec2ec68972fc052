import type { SignInProblem } from '@stratdesk/contracts/session'

interface Words {
  readonly title: string
  readonly text: string
}

const problems: Readonly<Record<Exclude<SignInProblem, 'other-account'>, Words>> = {
  denied: { title: 'The login at the broker was cancelled', text: 'Nothing was changed.' },
  'state-mismatch': {
    title: 'That login could not be matched',
    text: 'It was begun in another browser, was used before, or is too old. Nothing was changed; begin again.',
  },
  'token-expired': {
    title: 'The login ran out',
    text: 'It took too long between the broker’s page and this one. Nothing was changed; begin again.',
  },
  'broker-refused': {
    title: 'The broker refused the login',
    text: 'Check that the API key and secret belong together. Nothing was changed.',
  },
  'broker-unavailable': {
    title: 'The broker could not be reached',
    text: 'Nothing was changed. Try again in a moment.',
  },
  'not-allowed': {
    title: 'That account may not be used here',
    text: 'Whoever runs this server allows certain broker accounts only. Nothing was changed.',
  },
  'too-many-sign-ins': {
    title: 'Too many logins',
    text: 'There were too many from here, or of this account. Nothing was changed; try again in a minute.',
  },
  unavailable: {
    title: 'The login could not be finished',
    text: 'The server was not ready. Nothing was changed; try again in a moment.',
  },
}

/** Why a broker login begun by somebody signed in as `brokerId` failed; they stay signed in as they were. */
export function returnProblemWords(problem: SignInProblem, brokerId: string): Words {
  if (problem !== 'other-account') return problems[problem]
  return {
    title: 'That was another account',
    text: `You are signed in as ${brokerId}; log in at the broker as ${brokerId} too. Nothing was changed.`,
  }
}
