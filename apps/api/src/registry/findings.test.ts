import type { ServerFacts } from '@stratdesk/data/servers'
import { expect, test } from 'vitest'
import { serverFacts } from '../testing/server-facts.ts'
import { findingsOf, refusalOf } from './findings.ts'
import { fingerprintOf } from './fingerprint.ts'

const kindsOf = (...servers: ServerFacts[]) => findingsOf(servers).map(({ kind }) => kind)

test('servers that are alike go together', () => {
  expect(kindsOf()).toEqual([])
  expect(kindsOf(serverFacts())).toEqual([])
  expect(kindsOf(serverFacts(), serverFacts({ host: 'desk-2', clockOffsetMs: 2000 }), serverFacts())).toEqual(
    [],
  )
})

test('secrets go together when any of them is shared, as while they are being changed', () => {
  const [old, both, fresh] = [['aaaa'], ['bbbb', 'aaaa'], ['bbbb']].map((secretFingerprints) =>
    serverFacts({ secretFingerprints }),
  )
  if (!old || !both || !fresh) throw new Error('three servers')
  expect(kindsOf(old, both)).toEqual([])
  expect(kindsOf(both, fresh)).toEqual([])
  expect(kindsOf(old, both, fresh)).toEqual(['secrets'])
  expect(refusalOf(both, [old])).toBeUndefined()
  expect(refusalOf(fresh, [both])).toBeUndefined()
  expect(refusalOf(fresh, [both, old])).toContain('desk-1')
})

test('clocks more than 2 s apart are told, whichever is ahead', () => {
  expect(kindsOf(serverFacts({ clockOffsetMs: -1200 }), serverFacts({ clockOffsetMs: 801 }))).toEqual([
    'clocks',
  ])
  const [finding] = findingsOf([serverFacts({ clockOffsetMs: -1200 }), serverFacts({ clockOffsetMs: 3300 })])
  expect(finding?.message).toContain('clocks are 4.5 s apart')
})

test('other versions and other commits are told; a commit that is not known says nothing', () => {
  expect(kindsOf(serverFacts(), serverFacts({ version: '1.0.1' }))).toEqual(['versions'])
  expect(kindsOf(serverFacts(), serverFacts({ commit: 'b'.repeat(40) }))).toEqual(['versions'])
  expect(kindsOf(serverFacts(), serverFacts({ commit: null }))).toEqual([])
})

test('API servers that do not share their sessions are told; an engine has none', () => {
  const memory = serverFacts({ sessionStore: 'memory' })
  expect(kindsOf(memory)).toEqual([])
  expect(kindsOf(memory, memory)).toEqual(['sessions'])
  expect(kindsOf(memory, serverFacts({ sessionStore: 'redis' }))).toEqual(['sessions'])
  expect(kindsOf(memory, serverFacts({ role: 'engine', sessionStore: 'memory' }))).toEqual([])
})

test('another secret is refused beside the same shared store only', () => {
  const other = serverFacts({ secretFingerprints: ['bbbb'] })
  expect(refusalOf(other, [])).toBeUndefined()
  expect(refusalOf(other, [serverFacts({ sessionStore: 'redis' })])).toBeUndefined()
  const memory = serverFacts({ secretFingerprints: ['bbbb'], sessionStore: 'memory' })
  expect(refusalOf(memory, [serverFacts({ sessionStore: 'memory' })])).toBeUndefined()
  expect(refusalOf(other, [serverFacts()])).toContain('authentication fails after deployment')
})

test('a fingerprint is 16 hex digits that hold nothing of the secret', () => {
  const secret = 'deadbeefdeadbeefdeadbeefdeadbeef'
  expect(fingerprintOf(secret)).toMatch(/^[0-9a-f]{16}$/)
  expect(secret).not.toContain(fingerprintOf(secret).slice(0, 8))
  expect(fingerprintOf(secret)).toBe(fingerprintOf(secret))
  expect(fingerprintOf(`${secret}x`)).not.toBe(fingerprintOf(secret))
})
