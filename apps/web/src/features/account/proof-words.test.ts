import type { Proof } from '@stratdesk/contracts/about'
import { expect, test } from 'vitest'
import { proofWords } from './proof-words.ts'

const held: Proof = {
  at: '2026-11-23T06:00:00.000Z',
  commit: 'c0ffee',
  dirty: false,
  long: false,
  ok: true,
  proofs: [
    { name: 'C differential', cases: 200, seconds: 60, ok: true },
    { name: 'G pool of one', cases: 1000, seconds: 9, ok: true },
  ],
}

test('a proof that held says in how many cases, and one that was never run says so', () => {
  expect(proofWords(held)).toBe('Held, in 1,200 cases')
  expect(proofWords(null)).toBe('None was run on this build')
})

test('a proof that failed names what failed', () => {
  const proofs = held.proofs.map((one) => ({ ...one, ok: one.name !== 'C differential' }))
  expect(proofWords({ ...held, ok: false, proofs })).toBe('Failed: C differential')
  expect(proofWords({ ...held, ok: false })).toBe('Failed: it did not finish')
})

test('changes that were in no commit are told of', () => {
  expect(proofWords({ ...held, dirty: true })).toContain('changes in no commit')
})
