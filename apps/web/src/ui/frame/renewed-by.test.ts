import type { Connection } from '@stratdesk/contracts/connection'
import { expect, test } from 'vitest'
import { renewedBy } from './renewed-by.ts'

const now = Date.parse('2026-11-24T00:30:00.000Z')
const expired: Connection = {
  status: 'connected',
  expiresAt: '2026-11-24T00:30:00.000Z',
  renewedAt: '2026-11-23T03:30:00.000Z',
  renewedBy: 'Phone',
  simulated: true,
}
const renewed: Connection = {
  ...expired,
  expiresAt: '2026-11-25T00:30:00.000Z',
  renewedAt: '2026-11-24T00:30:05.000Z',
  renewedBy: 'Chrome on Linux',
}

test('a connection that has come back names the device that renewed it', () => {
  expect(renewedBy(expired, renewed, now)).toBe('Chrome on Linux')
  expect(renewedBy({ ...renewed, status: 'disconnected', renewedAt: null }, renewed, now)).toBe(
    'Chrome on Linux',
  )
})

test('nothing is said while it is ended, or of one that was fine all the while', () => {
  expect(renewedBy(expired, expired, now)).toBeUndefined()
  expect(renewedBy(renewed, { ...renewed, renewedAt: '2026-11-24T01:00:00.000Z' }, now)).toBeUndefined()
  expect(renewedBy(expired, { ...renewed, status: 'disconnected' }, now)).toBeUndefined()
})
