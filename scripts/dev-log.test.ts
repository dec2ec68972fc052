import { expect, it } from 'vitest'
import { readLine } from './dev-log.ts'

it('shows warnings and errors of a JSON log and keeps the rest quiet', () => {
  expect(readLine('{"level":30,"msg":"listening"}', 'stdout')).toEqual({ text: 'listening', matters: false })
  expect(readLine('{"level":40,"msg":"slow"}', 'stdout')).toEqual({ text: 'slow', matters: true })
  expect(readLine('{"level":50,"msg":"broken","err":{"stack":"Error: x\\n at y"}}', 'stdout')).toEqual({
    text: 'broken\nError: x\n at y',
    matters: true,
  })
})

it('shows plain text of stderr only', () => {
  expect(readLine('hello', 'stdout').matters).toBe(false)
  expect(readLine('hello', 'stderr')).toEqual({ text: 'hello', matters: true })
  expect(readLine('{ not json', 'stderr')).toEqual({ text: '{ not json', matters: true })
})
