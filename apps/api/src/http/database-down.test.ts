import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { isDatabaseDown } from './database-down.ts'

function databaseError(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('It went wrong', 0, 'error')
  error.code = code
  return error
}

describe('an error means that the database is down', () => {
  it.each([
    ['a deadlock that Postgres ended', '40P01'],
    ['a transaction that could not be serialized', '40001'],
    ['a server that shuts down', '57P01'],
    ['too many connections', '53300'],
    ['a lock that is not to be had in time', '55P03'],
  ])('when it is %s', (_what, code) => {
    expect(isDatabaseDown(databaseError(code))).toBe(true)
    expect(isDatabaseDown(new Error('A request failed', { cause: databaseError(code) }))).toBe(true)
  })

  it.each([
    ['a duplicate key', '23505'],
    ['a syntax error', '42601'],
    ['a division by zero', '22012'],
  ])('but not when it is %s', (_what, code) => {
    expect(isDatabaseDown(databaseError(code))).toBe(false)
  })
})
