import { beforeEach, expect, test, vi } from 'vitest'
import { ProblemError } from './problem-error.ts'
import { keepSessionEnd, sessionEnd } from './session-end.ts'

const signedOut = (message: string) => new ProblemError({ code: 'signed-out', message, requestId: 'r' })

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  })
  return () => vi.unstubAllGlobals()
})

test('the server’s reason is kept as a whole sentence until the next ending', () => {
  keepSessionEnd(signedOut('This device was signed out from Phone'))
  expect(sessionEnd()).toBe('This device was signed out from Phone.')
  keepSessionEnd(signedOut('The account was disabled.'))
  expect(sessionEnd()).toBe('The account was disabled.')
  keepSessionEnd(undefined)
  expect(sessionEnd()).toBeUndefined()
})

test('an answer to somebody the server knows nothing of is no reason', () => {
  keepSessionEnd(signedOut('Sign in to go on'))
  expect(sessionEnd()).toBeUndefined()
})
