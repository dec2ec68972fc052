import type { Connection } from '@stratdesk/contracts/connection'
import { expect, test } from 'vitest'
import { connectionNow } from './connection-now.ts'

const six = Date.parse('2026-11-24T00:30:00.000Z')
const connection: Connection = {
  status: 'connected',
  expiresAt: new Date(six).toISOString(),
  renewedAt: null,
  renewedBy: null,
  simulated: true,
}

test('a connection turns expiring 30 minutes before 06:00 IST and expired at it, without asking the server', () => {
  expect(connectionNow(connection, six - 30 * 60_000 - 1)).toBe('connected')
  expect(connectionNow(connection, six - 30 * 60_000)).toBe('expiring')
  expect(connectionNow(connection, six - 1)).toBe('expiring')
  expect(connectionNow(connection, six)).toBe('expired')
})

test('a connection the server calls ended stays ended', () => {
  expect(connectionNow({ ...connection, status: 'disconnected' }, six - 3_600_000)).toBe('disconnected')
  expect(connectionNow({ ...connection, status: 'expired' }, six - 3_600_000)).toBe('expired')
})

test('a connection without an end does not end', () => {
  expect(connectionNow({ ...connection, expiresAt: null }, six * 2)).toBe('connected')
})
