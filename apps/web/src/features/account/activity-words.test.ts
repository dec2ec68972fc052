import { AuditAction, type AuditEntry } from '@stratdesk/contracts/audit'
import { expect, test } from 'vitest'
import { actionOptions, activityWords, runOf } from './activity-words.ts'

const here = { id: '0199aa00-0000-7000-8000-000000000001', label: 'Chrome on Linux' }
const entry = (action: AuditAction, detail: AuditEntry['detail'] = {}): AuditEntry => ({
  id: '1',
  time: '2026-11-23T03:30:00.000Z',
  action,
  device: here,
  ip: '127.0.0.1',
  detail,
})

test('every action is told in words that stand without any detail', () => {
  for (const action of AuditAction.options)
    expect(activityWords(entry(action))).toMatch(/^[A-Z][a-z].*[a-z]$/)
  expect(new Set(actionOptions.map(({ label }) => label)).size).toBe(AuditAction.options.length)
})

test('an entry tells how, whom and why', () => {
  const told = [
    entry('signed-in', { method: 'redirect' }),
    entry('sign-in-refused', { reason: 'not-on-the-list' }),
    entry('device-revoked', { deviceId: 'another', label: 'Phone' }),
    entry('device-revoked', { deviceId: here.id, label: here.label }),
    entry('device-renamed', { label: 'Desk' }),
    entry('run-started', { runId: '7', name: 'Index' }),
    entry('run-stop-requested', { runId: '7', flatten: true }),
  ].map(activityWords)
  expect(told).toEqual([
    'Signed in with Kite',
    'Refused: not on this server’s list',
    'Signed out Phone',
    'Signed out',
    'Renamed a device to Desk',
    'Started Index',
    'Stopped a run and closed its positions',
  ])
})

test('an entry about a run leads to it', () => {
  expect(runOf(entry('run-started', { runId: '7' }))).toBe('7')
  expect(runOf(entry('signed-in'))).toBeUndefined()
})
