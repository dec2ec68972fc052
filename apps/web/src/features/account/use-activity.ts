import { listAudit } from '@stratdesk/contracts/audit'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { pages } from '../../api/pages.ts'
import { type ActivitySearch, auditFilters } from './search.ts'

/** What was done in the account, filtered, newest first, page by page. */
export function useActivity(search: ActivitySearch) {
  const filters = auditFilters(search)
  return useInfiniteQuery({
    ...pages(listAudit.name, { query: filters }, (cursor, signal) =>
      call(listAudit, { query: { ...filters, ...(cursor === undefined ? {} : { cursor }) } }, { signal }),
    ),
    placeholderData: keepPreviousData,
  })
}
