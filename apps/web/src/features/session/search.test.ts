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
  ]
  expect(elsewhere.filter((from) => signInSearch.parse({ from }).from !== undefined)).toEqual([])
})

test('every problem of the contract has a title and a sentence of its own', () => {
  const reasons = SignInProblem.options.map((problem) => signInReason({ problem }))
  for (const reason of reasons) expect(reason).toMatchObject({ tone: 'problem', title: /\w/, text: /\.$/ })
  expect(new Set(reasons.map((reason) => reason?.title)).size).toBe(SignInProblem.options.length)
})

test('a problem this version does not know is still told', () => {
  const search = signInSearch.parse({ problem: 'something-new' })
  expect(signInReason(search)?.title).toBe('The sign-in could not be finished')
})

test('an ended session is told, a first visit is told nothing', () => {
  expect(signInReason(signInSearch.parse({ ended: 'elsewhere' }))?.title).toBe(
    'You were signed out on this device',
  )
  expect(signInReason(signInSearch.parse({}))).toBeUndefined()
})
