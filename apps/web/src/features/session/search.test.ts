import { SignInProblem } from '@stratdesk/contracts/session'
import { expect, test } from 'vitest'
import { signInReason } from './reasons.ts'
import { signInSearch } from './search.ts'

test('only a path of this app is returned to', () => {
  expect(signInSearch.parse({ from: '/runs/1?tab=log' }).from).toBe('/runs/1?tab=log')
  const elsewhere = [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'runs',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/runs\u0000',
  ]
  expect(elsewhere.filter((from) => signInSearch.parse({ from }).from !== undefined)).toEqual([])
})

test('every problem of the contract has a title and a sentence of its own', () => {
  const reasons = SignInProblem.options.map((problem) => signInReason({ problem }, undefined))
  for (const reason of reasons) expect(reason).toMatchObject({ tone: 'problem', title: /\w/, text: /\.$/ })
  expect(new Set(reasons.map((reason) => reason?.title)).size).toBe(SignInProblem.options.length)
})

test('a problem this version does not know is still told', () => {
  const search = signInSearch.parse({ problem: 'something-new' })
  expect(signInReason(search, undefined)?.title).toBe('The sign-in could not be finished')
})

test('an ended session is told by the server’s own sentence, or in general words, and not as an error', () => {
  const search = signInSearch.parse({ ended: 'elsewhere' })
  expect(signInReason(search, 'This device was signed out from Chrome on Linux.')).toEqual({
    tone: 'notice',
    title: 'You were signed out on this device',
    text: 'This device was signed out from Chrome on Linux.',
  })
  const general = signInReason(search, undefined)
  expect(general).toMatchObject({ tone: 'notice', text: expect.stringContaining('restarted') })
  // Nor does the page know that: a disabled account's runs are asked to stop.
  expect(general?.text).not.toContain('runs go on')
  expect(signInReason(signInSearch.parse({ ended: 'here' }), 'An older reason.')?.text).not.toContain('older')
})

test('a first visit is told nothing', () => {
  expect(signInReason(signInSearch.parse({}), 'An older reason.')).toBeUndefined()
})
