import { expect, test } from 'vitest'
import { runSearch, runsSearch } from './search.ts'

test('the list shows all runs when the URL names no status, or none that exists', () => {
  expect(runsSearch.parse({ status: 'active' })).toEqual({ status: 'active' })
  expect(runsSearch.parse({ status: 'asleep' }).status).toBeUndefined()
})

test('the run page opens from a mistyped link with what is left of it', () => {
  const search = runSearch.parse({ tab: 'log', interval: '2s', level: 'warn', find: 'x'.repeat(81) })
  expect(search).toEqual({ tab: 'log', level: 'warn' })
})
