import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepAccount, keepReturnPath, ownPath, takeReturnPath } from './return-path.ts'

/** A tab's storage, real enough: strings by name. */
function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}

beforeEach(() => {
  vi.stubGlobal('sessionStorage', storage())
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 3, 30) })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a place is taken once', () => {
  keepReturnPath('/runs?status=active')
  expect(takeReturnPath('UK9394')).toBe('/runs?status=active')
  expect(takeReturnPath('UK9394')).toBeUndefined()
})

test('a place of one account is no place of another, who signs in on the same tab afterwards', () => {
  keepAccount('UK9394')
  keepReturnPath('/runs/1')
  expect(ownPath('UK1234', '/runs/1')).toBeUndefined()
  expect(takeReturnPath('UK1234')).toBeUndefined()
  keepReturnPath('/runs/1')
  expect(takeReturnPath('UK9394')).toBe('/runs/1')
})

test('whoever left by choice or never was here may open any place', () => {
  keepAccount('UK9394')
  keepAccount(undefined)
  expect(ownPath('UK1234', '/trades')).toBe('/trades')
})

test('a place is forgotten after a quarter of an hour, and where storage is switched off', () => {
  keepReturnPath('/runs')
  vi.advanceTimersByTime(15 * 60_000)
  expect(takeReturnPath('UK9394')).toBeUndefined()
  vi.stubGlobal('sessionStorage', undefined)
  keepReturnPath('/runs')
  expect(takeReturnPath('UK9394')).toBeUndefined()
})
