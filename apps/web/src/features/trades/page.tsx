import { Button, Collapse } from '@mantine/core'
import type { Trade } from '@stratdesk/contracts/trades'
import { IconAdjustmentsHorizontal, IconArrowsExchange } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { ButtonLink } from '../../ui/button-link.tsx'
import { useIsPhone } from '../../ui/data-table.tsx'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Page } from '../../ui/page.tsx'
import { ColumnMenu } from './column-menu.tsx'
import { ExportButton } from './export-button.tsx'
import { ClearFilters, countFilters, Filters } from './filters.tsx'
import { ListFoot } from './list-foot.tsx'
import classes from './page.module.css'
import { tradeFilters, type TradesSearch } from './search.ts'
import { Totals, useTradeTotals } from './totals.tsx'
import { TradeDrawer } from './trade-drawer.tsx'
import { TradesCards } from './trades-cards.tsx'
import { TradesTable } from './trades-table.tsx'
import { useColumns } from './use-columns.ts'
import { useTradeFeed } from './use-trade-feed.ts'

const route = getRouteApi('/app/trades')

/** Every round trip of the account, newest first, to be narrowed, summed, looked into and exported. */
export function TradesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const isPhone = useIsPhone()
  const filters = useMemo(() => tradeFilters(search), [search])
  const columns = useColumns()
  const totals = useTradeTotals(filters)
  const change = (part: TradesSearch) =>
    void navigate({ search: (previous) => ({ ...previous, ...part }), replace: true, resetScroll: false })
  return (
    <Page
      title="Trades"
      actions={
        <>
          <ExportButton filters={filters} total={totals.data?.count} />
          {!isPhone && <ColumnMenu shown={columns.shown} onToggle={columns.toggle} onReset={columns.reset} />}
        </>
      }
    >
      <div className={classes.panel}>
        <FilterBar search={search} onChange={change} isPhone={isPhone} />
        <Totals totals={totals}>
          <ClearFilters search={search} onChange={change} />
        </Totals>
        <TradeList
          search={search}
          shown={columns.shown}
          total={totals.data?.count ?? -1}
          isPhone={isPhone}
          onOpen={(trade) => change({ trade: trade?.id })}
        />
      </div>
    </Page>
  )
}

interface FilterBarProps {
  readonly search: TradesSearch
  readonly onChange: (change: TradesSearch) => void
  readonly isPhone: boolean
}

/** The filters, folded away on a phone until they are wanted. */
function FilterBar({ search, onChange, isPhone }: FilterBarProps) {
  const [isOpen, setOpen] = useState(false)
  if (!isPhone) return <Filters search={search} onChange={onChange} />
  const count = countFilters(search)
  return (
    <>
      <div className={classes.fold}>
        <Button
          size="xs"
          variant={count > 0 ? 'light' : 'default'}
          leftSection={<IconAdjustmentsHorizontal size={14} />}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {count === 0 ? 'Filters' : `Filters (${count})`}
        </Button>
      </div>
      <Collapse expanded={isOpen}>
        <Filters search={search} onChange={onChange} />
      </Collapse>
    </>
  )
}

interface TradeListProps {
  readonly search: TradesSearch
  readonly shown: Readonly<Record<string, boolean>>
  readonly total: number
  readonly isPhone: boolean
  readonly onOpen: (trade: Trade | undefined) => void
}

function TradeList({ search, shown, total, isPhone, onOpen }: TradeListProps) {
  const filters = useMemo(() => tradeFilters(search), [search])
  const { feed, olderError, isLoadingOlder, loadOlder } = useTradeFeed(filters)
  const opened = feed.data?.items.find((trade) => trade.id === search.trade)
  const onNearEnd = useCallback(() => {
    if (olderError === null) loadOlder()
  }, [olderError, loadOlder])
  return (
    <>
      <QueryFace
        query={feed}
        loading={<LoadingRows rows={12} height={40} />}
        failed="The trades could not be loaded."
      >
        {(loaded) => {
          if (loaded.items.length === 0) return <NoTrades isFiltered={countFilters(search) > 0} />
          const foot = (
            <ListFoot
              count={loaded.items.length}
              hasMore={loaded.nextCursor !== null}
              isLoading={isLoadingOlder}
              error={olderError}
              onMore={loadOlder}
            />
          )
          const list = { feed: loaded, onOpen, onNearEnd, foot }
          return (
            <div className={feed.isPlaceholderData ? classes.old : undefined}>
              {isPhone ? <TradesCards {...list} /> : <TradesTable {...list} shown={shown} total={total} />}
            </div>
          )
        }}
      </QueryFace>
      <TradeDrawer trade={opened} onClose={() => onOpen(undefined)} />
    </>
  )
}

function NoTrades({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return <Empty title="No trade matches">Widen the days, or take a filter away.</Empty>
  }
  return (
    <Empty
      title="No trades yet"
      icon={<IconArrowsExchange stroke={1.4} />}
      action={<ButtonLink to="/strategies">Choose a strategy</ButtonLink>}
    >
      A trade is listed once a run has closed a position.
    </Empty>
  )
}
