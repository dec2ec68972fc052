import { expect, it } from 'vitest'
import { connectionView } from './connection-view.ts'

const expiresAt = new Date('2026-11-24T00:30:00.000Z')
const row = { status: 'connected' as const, expiresAt, renewedAt: new Date(0), renewedBy: 'Chrome on Linux' }
const before = (minutes: number) => expiresAt.getTime() - minutes * 60_000

it.each([
  ['is connected while its token lives', row, before(31), 'connected'],
  ['is expiring in the last 30 minutes', row, before(30), 'expiring'],
  ['has expired from 06:00 in India on, whatever the row says', row, before(0), 'expired'],
  ['has expired when the broker said so', { ...row, status: 'expired' as const }, before(300), 'expired'],
  [
    'is disconnected when told to be',
    { ...row, status: 'disconnected' as const },
    before(300),
    'disconnected',
  ],
  [
    'is disconnected before the first login',
    { status: null, expiresAt: null, renewedAt: null, renewedBy: null },
    before(300),
    'disconnected',
  ],
])('a connection %s', (_what, connection, now, status) => {
  expect(connectionView(connection, now, false)).toMatchObject({ status, simulated: false })
})
