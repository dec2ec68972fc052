import { describe, expect, it } from 'vitest'
import { Decimal, pageSize, queryInteger, ReturnPath } from './values.ts'

describe('queryInteger', () => {
  const limit = queryInteger(1, 200)

  it.each(['1', '50', '200'])('takes %s', (text) => {
    expect(limit.parse(text)).toBe(text)
  })

  it.each(['', '0', '201', '-1', '1.5', '1e2', 'NaN', 'Infinity', ' 7', '99999999999999999999'])(
    'refuses %j',
    (text) => {
      expect(limit.safeParse(text).success).toBe(false)
    },
  )
})

describe('Decimal', () => {
  it.each(['0', '-12.5', '123456789.0000000001'])('takes %s', (text) => {
    expect(Decimal.parse(text)).toBe(text)
  })

  it.each(['', '-', '1.', '.5', '1e5', 'NaN', '+1', '1,000', '1234567890123456'])('refuses %j', (text) => {
    expect(Decimal.safeParse(text).success).toBe(false)
  })
})

it('a list without a limit has fifty rows to a page', () => {
  expect(pageSize(undefined)).toBe(50)
  expect(pageSize('7')).toBe(7)
})

describe('ReturnPath', () => {
  it.each(['/', '/runs/1?tab=log#newest', '/trades?from=2026-11-01&side=long'])('takes %s', (text) => {
    expect(ReturnPath.parse(text)).toBe(text)
  })

  it.each([
    '',
    'runs',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    '/a\\b',
    '/a b',
    '/\n',
    '/é',
  ])('refuses %j', (text) => {
    expect(ReturnPath.safeParse(text).success).toBe(false)
  })
})
