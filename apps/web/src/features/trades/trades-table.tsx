import type { Trade } from '@stratdesk/contracts/trades'
import { FlexRender, type ReactTable, type Row, useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  memo,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react'
import { lookOf, tradeColumns, tradeTableFeatures } from './columns.tsx'
import type { TradeFeed } from './trade-feed.ts'
import classes from './trades-table.module.css'

interface TradesTableProps {
  readonly feed: TradeFeed
  readonly shown: Readonly<Record<string, boolean>>
  /** How many rows there are in all, loaded or not; -1 when unknown. */
  readonly total: number
  readonly onOpen: (trade: Trade) => void
  /** The end of the loaded rows is near. */
  readonly onNearEnd: () => void
  /** Stands below the last row: more coming, failed, or the end. */
  readonly foot: ReactNode
}

const rowHeight = 40
const prefetchRows = 80

/**
 * The trades as a table that draws only the rows in view, smooth at a hundred thousand of them. The table model gets
 * just those rows too: the server has filtered and sorted, so there is nothing to compute over the others.
 */
export function TradesTable({ feed, shown, total, onOpen, onNearEnd, foot }: TradesTableProps) {
  const scroll = useRef<HTMLElement>(null)
  const { items } = feed
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const visible = virtualizer.getVirtualItems()
  const [first, last] = [visible.at(0)?.index ?? 0, visible.at(-1)?.index ?? -1]
  const rows = useMemo(() => items.slice(first, last + 1), [items, first, last])
  const table = useTable({
    features: tradeTableFeatures,
    columns: tradeColumns,
    data: rows,
    getRowId: (trade) => trade.id,
    state: { columnVisibility: shown },
  })
  useNearEnd(last, items.length, onNearEnd)
  useKeepPlace(scroll, items)
  return (
    // Focusable, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section ref={scroll} className={classes.scroll} aria-label="Trades" tabIndex={0}>
      <table className={classes.table} aria-rowcount={total} style={{ minWidth: widthOf(table) }}>
        <TableHead table={table} />
        <tbody>
          <Spacer height={first * rowHeight} />
          <TableRows table={table} shown={shown} first={first} arrived={feed.arrived} onOpen={onOpen} />
          <Spacer height={(items.length - last - 1) * rowHeight} />
        </tbody>
      </table>
      {foot}
    </section>
  )
}

type TradeTable = ReactTable<typeof tradeTableFeatures, Trade>

function widthOf(table: TradeTable): number {
  return table.getVisibleLeafColumns().reduce((sum, { id }) => sum + lookOf(id).width, 0)
}

function TableHead({ table }: { readonly table: TradeTable }) {
  return (
    <thead>
      <tr>
        {table.getVisibleLeafColumns().map(({ id }) => {
          const look = lookOf(id)
          return (
            <th
              key={id}
              scope="col"
              style={{ width: look.width }}
              className={look.isNumber ? classes.right : undefined}
            >
              {look.title}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

interface TableRowsProps {
  readonly table: TradeTable
  readonly shown: Readonly<Record<string, boolean>>
  readonly first: number
  readonly arrived: ReadonlySet<string>
  readonly onOpen: (trade: Trade) => void
}

function TableRows({ table, shown, first, arrived, onOpen }: TableRowsProps) {
  const opening = useRef(onOpen)
  useEffect(() => {
    opening.current = onOpen
  }, [onOpen])
  const open = useCallback((trade: Trade) => opening.current(trade), [])
  return table
    .getRowModel()
    .rows.map((row, index) => (
      <TradeRow
        key={row.id}
        row={row}
        shown={shown}
        position={first + index + 2}
        isNew={arrived.has(row.id)}
        onOpen={open}
      />
    ))
}

interface TradeRowProps {
  readonly row: Row<typeof tradeTableFeatures, Trade>
  readonly shown: Readonly<Record<string, boolean>>
  /** Counted from 1, the head included. */
  readonly position: number
  readonly isNew: boolean
  readonly onOpen: (trade: Trade) => void
}

/** Scrolling makes the row model anew with the same trades in it: those rows are not drawn again. */
const TradeRow = memo(DrawnRow, (before, after) => {
  const { row, ...rest } = after
  return (
    before.row.original === row.original &&
    before.shown === rest.shown &&
    before.position === rest.position &&
    before.isNew === rest.isNew
  )
})

function DrawnRow({ row, position, isNew, onOpen }: TradeRowProps) {
  return (
    <tr aria-rowindex={position} className={isNew ? classes.arrived : undefined}>
      {row.getVisibleCells().map((cell, place) => (
        <td key={cell.id} className={lookOf(cell.column.id).isNumber ? classes.right : undefined}>
          {place === 0 ? (
            <button type="button" className={classes.open} onClick={() => onOpen(row.original)}>
              <FlexRender cell={cell} />
            </button>
          ) : (
            <FlexRender cell={cell} />
          )}
        </td>
      ))}
    </tr>
  )
}

/** The place of the rows that are not drawn. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden className={classes.spacer}>
      <td style={{ height }} />
    </tr>
  )
}

function useNearEnd(last: number, count: number, onNearEnd: () => void): void {
  const isNear = last >= count - prefetchRows
  useEffect(() => {
    if (isNear) onNearEnd()
  }, [isNear, count, onNearEnd])
}

/** Rows that come in on top push the others down; whoever reads further below keeps their place. Other rows begin at the top. */
function useKeepPlace(scroll: RefObject<HTMLElement | null>, items: readonly Trade[]): void {
  const before = useRef(items)
  useLayoutEffect(() => {
    const top = before.current[0]?.id
    before.current = items
    const element = scroll.current
    if (element === null || top === undefined || element.scrollTop < rowHeight) return
    const pushed = items.slice(0, 200).findIndex((trade) => trade.id === top)
    element.scrollTop = pushed === -1 ? 0 : element.scrollTop + pushed * rowHeight
  }, [items, scroll])
}
