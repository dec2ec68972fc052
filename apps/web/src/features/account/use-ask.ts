import { getRouteApi } from '@tanstack/react-router'
import type { AccountSearch } from './search.ts'

const route = getRouteApi('/app/account')

/** Which act the URL asks about, and how to ask or stop asking: the broker's login comes back to the same question. */
export function useAsk(): [
  asked: AccountSearch['confirm'],
  ask: (confirm: AccountSearch['confirm']) => void,
] {
  const { confirm } = route.useSearch()
  const navigate = route.useNavigate()
  return [confirm, (next) => void navigate({ search: { confirm: next }, replace: true, resetScroll: false })]
}
