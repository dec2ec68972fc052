import { expect, test } from 'vitest'
import { activitySearch, auditFilters, countActivityFilters } from './search.ts'

test('days are India’s, from the first moment of the one to the last moment of the other', () => {
  const search = activitySearch.parse({ from: '2026-11-22', to: '2026-11-22' })
  expect(auditFilters(search)).toEqual({
    from: '2026-11-21T18:30:00.000Z',
    // Not included, as the API takes it.
    to: '2026-11-22T18:30:00.000Z',
  })
})

test('what cannot be a filter is dropped from the URL, and absent filters are left out', () => {
  const search = activitySearch.parse({ action: 'flew-away', device: 'mine', from: 'today' })
  expect(auditFilters(search)).toEqual({})
  expect(countActivityFilters(search)).toBe(0)
  expect(auditFilters(activitySearch.parse({ action: 'signed-in' }))).toEqual({ action: 'signed-in' })
})
