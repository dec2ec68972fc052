import { expect, test } from 'vitest'
import { newSubmitKey, submitKeyFor } from './idempotency.ts'

test('a repeat of the same request keeps its key, so nothing starts twice', () => {
  const opened = newSubmitKey()
  const first = submitKeyFor(opened, { quantity: 10 })
  expect(first.key).toBe(opened.key)
  expect(submitKeyFor(first, { quantity: 10 }).key).toBe(first.key)
})

test('a changed request gets a new key', () => {
  const first = submitKeyFor(newSubmitKey(), { quantity: 10 })
  const second = submitKeyFor(first, { quantity: 20 })
  expect(second.key).not.toBe(first.key)
  expect(submitKeyFor(second, { quantity: 20 }).key).toBe(second.key)
})
