import { beforeEach, expect, test, vi } from 'vitest'
import { ProblemError } from './problem-error.ts'
import { forgetSessionEnd, keepSessionEnd, sessionEnd } from './session-end.ts'

const signedOut = (message: string) => new ProblemError({ code: 'signed-out', message, requestId: 'r' })

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  })
  return () => vi.unstubAllGlobals()
})

test('the server’s reason is kept as a whole sentence until it is forgotten', () => {
  keepSessionEnd(signedOut('This device was signed out from another device. Sign in to go on'))
  expect(sessionEnd()).toBe('This device was signed out from another device. Sign in to go on.')
  keepSessionEnd(signedOut('The account was disabled.'))
  expect(sessionEnd()).toBe('The account was disabled.')
  forgetSessionEnd()
  expect(sessionEnd()).toBeUndefined()
})

test('a tab that asks too late to be told why does not take the reason from the one that was', () => {
  keepSessionEnd(signedOut('Sign in to go on'))
  expect(sessionEnd()).toBeUndefined()
  keepSessionEnd(signedOut('The session of this device is over'))
  keepSessionEnd(signedOut('Sign in to go on'))
  expect(sessionEnd()).toBe('The session of this device is over.')
})
