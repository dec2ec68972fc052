import { expect, test } from 'vitest'
import { goneWords } from './use-ending.ts'

const desk = {
  id: '01a20677-54d3-7444-baea-5f9d901a9b40',
  label: 'Desk',
  userAgent: '',
  ip: '127.0.0.1',
  createdAt: '2026-11-23T04:00:00.000Z',
  lastSeenAt: '2026-11-23T04:00:00.000Z',
  current: true,
}
const phone = { ...desk, id: '01a20677-54d3-7444-baea-5f9d901a9b41', label: 'Phone', current: false }

test('a question about a device that is gone meanwhile is told as such', () => {
  const ask = { confirm: 'sign-out-device', device: phone.id } as const
  expect(goneWords(ask, [desk, phone])).toBeUndefined()
  expect(goneWords(ask, [desk])).toBe('That device is signed out already')
  expect(goneWords({ confirm: 'sign-out-others' }, [desk, phone])).toBeUndefined()
  expect(goneWords({ confirm: 'sign-out-others' }, [desk])).toBe('No other device is signed in')
})

test('where nothing is asked, or this device is meant, nothing is gone', () => {
  expect(goneWords({}, [desk])).toBeUndefined()
  expect(goneWords({ confirm: 'sign-out-here' }, [desk])).toBeUndefined()
  expect(goneWords({ confirm: 'sign-out-everywhere' }, [desk])).toBeUndefined()
})
