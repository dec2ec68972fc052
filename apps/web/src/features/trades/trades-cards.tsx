import type { Trade } from '@stratdesk/contracts/trades'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { quantity } from '../../lib/money.ts'
import { CardRow } from '../../ui/card-row.tsx'
import { PnlMoney, Price, Time } from '../../ui/numbers.tsx'
import type { TradeFeed } from './trade-feed.ts'
import { TradeSide } from './trade-side.tsx'
import classes from './trades-cards.module.css'

interface TradesCardsProps {
  readonly feed: TradeFeed
  readonly onOpen: (trade: Trade) => void
  readonly onNearEnd: () => void
  readonly foot: ReactNode
}

const cardHeight = 84
const prefetchCards = 30

/** The trades on a phone: cards that scroll with the page, of which only those in view are drawn. */
export function TradesCards({ feed, onOpen, onNearEnd, foot }: TradesCardsProps) {
  const list = useRef<HTMLUListElement>(null)
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => {
    if (list.current) setOffset(list.current.getBoundingClientRect().top + window.scrollY)
  }, [])
  const { items, arrived } = feed
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => cardHeight,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
    scrollMargin: offset,
  })
  const visible = virtualizer.getVirtualItems()
  const isNear = (visible.at(-1)?.index ?? -1) >= items.length - prefetchCards
  useEffect(() => {
    if (isNear) onNearEnd()
  }, [isNear, items.length, onNearEnd])
  return (
    <>
      <ul
        ref={list}
        className={classes.list}
        aria-label="Trades"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {visible.map(({ index, start, key }) => {
          const trade = items[index]
          if (trade === undefined) return null
          return (
            <li
              key={key}
              data-index={index}
              ref={virtualizer.measureElement}
              className={
                arrived.has(trade.id) ? `${classes.card ?? ''} ${classes.arrived ?? ''}` : classes.card
              }
              style={{ transform: `translateY(${start - offset}px)` }}
            >
              <TradeCard trade={trade} onOpen={onOpen} />
            </li>
          )
        })}
      </ul>
      {foot}
    </>
  )
}

function TradeCard({ trade, onOpen }: { readonly trade: Trade; readonly onOpen: (trade: Trade) => void }) {
  return (
    <>
      <CardRow
        left={
          <button type="button" className={classes.open} onClick={() => onOpen(trade)}>
            {trade.instrument}
          </button>
        }
        right={<PnlMoney value={trade.net} />}
      />
      <CardRow
        left={
          <>
            <TradeSide side={trade.side} /> {quantity(trade.quantity)}
          </>
        }
        right={
          <>
            <Price value={trade.entryPrice} /> → <Price value={trade.exitPrice} />
          </>
        }
      />
      <CardRow quiet left={trade.runName} right={<Time at={trade.exitAt} />} />
    </>
  )
}
