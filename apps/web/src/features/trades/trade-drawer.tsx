import { Drawer } from '@mantine/core'
import type { Trade } from '@stratdesk/contracts/trades'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { quantity } from '../../lib/money.ts'
import { duration, fullTime } from '../../lib/time.ts'
import { Money, PnlMoney, Price } from '../../ui/numbers.tsx'
import { ModeBadge } from '../../ui/run-status.tsx'
import classes from './trade-drawer.module.css'
import { TradeSide } from './trade-side.tsx'

interface TradeDrawerProps {
  readonly trade: Trade | undefined
  readonly onClose: () => void
}

/** Everything about one trade: how it began and ended and why, and what it came to. */
export function TradeDrawer({ trade, onClose }: TradeDrawerProps) {
  return (
    <Drawer
      opened={trade !== undefined}
      onClose={onClose}
      position="right"
      size={420}
      classNames={{ title: classes.title }}
      title={trade ? `${trade.instrument} ${trade.side}` : ''}
      closeButtonProps={{ 'aria-label': 'Close the details' }}
    >
      {trade && <TradeDetails trade={trade} />}
    </Drawer>
  )
}

function TradeDetails({ trade }: { readonly trade: Trade }) {
  return (
    <div className={classes.details}>
      <div className={classes.result}>
        <span className={classes.net}>
          <PnlMoney value={trade.net} />
        </span>
        <span className={classes.under}>
          Net, after <Money value={trade.charges} /> charges
        </span>
      </div>
      <Leg title="Entry" at={trade.entryAt} price={trade.entryPrice} reason={trade.entryReason} />
      <Leg title="Exit" at={trade.exitAt} price={trade.exitPrice} reason={trade.exitReason} />
      <dl className={classes.facts}>
        <Fact label="Side">
          <TradeSide side={trade.side} />
        </Fact>
        <Fact label="Quantity">{quantity(trade.quantity)}</Fact>
        <Fact label="Held for">{duration(Date.parse(trade.exitAt) - Date.parse(trade.entryAt))}</Fact>
        <Fact label="Gross">
          <PnlMoney value={trade.gross} />
        </Fact>
        <Fact label="Charges">
          <Money value={trade.charges} />
        </Fact>
        <Fact label="Run">
          <Link to="/runs/$runId" params={{ runId: trade.runId }} className={classes.link}>
            {trade.runName}
          </Link>
        </Fact>
        <Fact label="Strategy">{trade.strategyId}</Fact>
        <Fact label="Mode">
          <ModeBadge mode={trade.mode} />
        </Fact>
        <Fact label="Trade id">
          <span className={classes.id}>{trade.id}</span>
        </Fact>
      </dl>
    </div>
  )
}

interface LegProps {
  readonly title: string
  readonly at: string
  readonly price: string
  readonly reason: string
}

function Leg({ title, at, price, reason }: LegProps) {
  return (
    <section className={classes.leg}>
      <h3>
        {title} at <Price value={price} />
      </h3>
      <p className={classes.when}>{fullTime(at)}</p>
      <p>{reason === '' ? 'No reason was recorded.' : reason}</p>
    </section>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
