import type { Candle, CandleInterval } from '@stratdesk/contracts/candles'
import { price } from '../lib/money.ts'
import { shortTime } from '../lib/time.ts'
import classes from './bars-table.module.css'
import { barTime } from './ist-time.ts'
import { type Mark, marksByBar } from './marks.ts'

interface BarsTableProps {
  readonly instrument: string
  readonly candles: readonly Candle[]
  readonly marks: readonly Mark[]
  readonly interval: CandleInterval
}

/** Older bars are left to the chart: a table this long is read, not scrolled for ever. */
const rowsMax = 200

/** The chart as a table, newest bar first: the same prices and what the run did in each bar. */
export function BarsTable({ instrument, candles, marks, interval }: BarsTableProps) {
  const byBar = marksByBar(marks, interval)
  const newest = candles.slice(-rowsMax).reverse()
  return (
    // Focusable, so that the keyboard can scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={`Bars of ${instrument}`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Time, IST</th>
            <th scope="col">Open</th>
            <th scope="col">High</th>
            <th scope="col">Low</th>
            <th scope="col">Close</th>
            <th scope="col">What the run did</th>
          </tr>
        </thead>
        <tbody>
          {newest.map((candle) => (
            <tr key={candle.time}>
              <td>{shortTime(candle.time)}</td>
              <td>{price(candle.open)}</td>
              <td>{price(candle.high)}</td>
              <td>{price(candle.low)}</td>
              <td>{price(candle.close)}</td>
              <td>
                {byBar
                  .get(barTime(candle.time, interval))
                  ?.map((mark) => mark.text)
                  .join('; ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {candles.length > rowsMax && <p className={classes.cut}>The newest {rowsMax} bars are listed.</p>}
    </div>
  )
}
