import { expect, test } from 'vitest'
import { createVault, SealBrokenError, UnknownKeyError } from './vault.ts'

const vault = createVault({ sessionSecret: 'a session secret of the server' })

test('a sealed secret opens for the broker it was sealed for', () => {
  const sealed = vault.seal('UK9394', 'access-token ✓')
  expect(vault.open('UK9394', sealed, vault.keyId)).toBe('access-token ✓')
})

test('a sealed secret shows nothing of its text, and never looks the same twice', () => {
  const sealed = vault.seal('UK9394', 'access-token')
  expect(sealed.toString('latin1')).not.toContain('access-token')
  expect(vault.seal('UK9394', 'access-token')).not.toEqual(sealed)
})

test('a secret sealed for one broker does not open for another', () => {
  const sealed = vault.seal('UK9394', 'access-token')
  expect(() => vault.open('UK1234', sealed, vault.keyId)).toThrow(SealBrokenError)
})

test('a change of any byte is noticed', () => {
  const sealed = vault.seal('UK9394', 'access-token')
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
    expect(() => vault.open('UK9394', changed, vault.keyId)).toThrow(SealBrokenError)
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(() => vault.open('UK9394', sealed.subarray(0, length), vault.keyId)).toThrow(SealBrokenError)
  }
})

test('after a rotation the first secret seals and the older ones still open', () => {
  const sealed = vault.seal('UK9394', 'access-token')
  const rotated = createVault({ sessionSecret: ['a newer session secret', 'a session secret of the server'] })
  expect(rotated.keyId).not.toBe(vault.keyId)
  expect(rotated.open('UK9394', sealed, vault.keyId)).toBe('access-token')
  expect(rotated.open('UK9394', rotated.seal('UK9394', 'token 2'), rotated.keyId)).toBe('token 2')
})

test('a credentials key seals as soon as it is given, and the session secret still opens what it sealed', () => {
  const sealed = vault.seal('UK9394', 'access-token')
  const keyed = createVault({
    credentialsKey: 'a key for credentials alone',
    sessionSecret: 'a session secret of the server',
  })
  expect(keyed.keyId).not.toBe(vault.keyId)
  expect(keyed.open('UK9394', sealed, vault.keyId)).toBe('access-token')
})

test('what was sealed under a key that is gone is told apart from what was changed', () => {
  const sealed = vault.seal('UK9394', 'access-token')
  const other = createVault({ sessionSecret: 'quite another session secret' })
  expect(() => other.open('UK9394', sealed, vault.keyId)).toThrow(UnknownKeyError)
})

test('a secret too short to be one is refused', () => {
  expect(() => createVault({ sessionSecret: 'short' })).toThrow(/16 characters/)
})

test('a secret sealed for one table does not open in another', () => {
  const sealed = vault.seal('UK9394', 'access-token', 'pending_sign_ins')
  expect(vault.open('UK9394', sealed, vault.keyId, 'pending_sign_ins')).toBe('access-token')
  expect(() => vault.open('UK9394', sealed, vault.keyId)).toThrow(SealBrokenError)
})
