import type { ReactNode } from 'react'
import { money, price, signOf, signedMoney, unknown } from '../lib/money.ts'
import { ago, fullTime, shortTime, type Moment } from '../lib/time.ts'
import { useNow } from './use-now.ts'
import classes from './numbers.module.css'

/** A live number older than this is shown grey with its age. */
export const freshMs = 5000

/** An em dash for a number nobody knows, with the reason on hover and for screen readers. */
export function Unknown({ why }: { readonly why: string }) {
  return (
    <span className={classes.unknown} data-tip={why} tabIndex={0}>
      <span aria-hidden>{unknown}</span>
      <span className={classes.spoken}>Unknown. {why}</span>
    </span>
  )
}

interface MoneyProps {
  readonly value: string | null | undefined
  /** Why it is unknown, where it can be. */
  readonly why?: string
}

/** Plain money, `₹1,23,456.78`. */
export function Money({ value, why = 'Not known yet.' }: MoneyProps) {
  if (value == null) return <Unknown why={why} />
  return <span className={classes.number}>{money(value)}</span>
}

/** A result: always with its sign, green or red. `muted` greys one whose price is old. */
export function PnlMoney({
  value,
  why = 'Not known yet.',
  muted = false,
}: MoneyProps & { readonly muted?: boolean }) {
  if (value == null) return <Unknown why={why} />
  const sign = signOf(value)
  const tone = muted ? classes.muted : sign > 0 ? classes.gain : sign < 0 ? classes.loss : undefined
  return <span className={`${classes.number} ${tone ?? ''}`}>{signedMoney(value)}</span>
}

/** A price as the exchange quotes it. */
export function Price({ value, why = 'No price has been seen yet.' }: MoneyProps) {
  if (value == null) return <Unknown why={why} />
  return <span className={classes.number}>{price(value)}</span>
}

interface LiveProps {
  /** When this page received the number, epoch ms; undefined for one that never was live. */
  readonly receivedAt: number | undefined
  /** Draws the number; `isOld` once it is past 5 s. */
  readonly children: (isOld: boolean) => ReactNode
}

/** A live number with its age: past 5 s it turns grey and says how old it is. */
export function Live({ receivedAt, children }: LiveProps) {
  const now = useNow(1000)
  const isOld = receivedAt === undefined || now - receivedAt > freshMs
  return (
    <>
      {children(isOld)}
      {isOld && receivedAt !== undefined && <span className={classes.age}>{ago(receivedAt, now)}</span>}
    </>
  )
}

/** A time in IST, short; the full date and UTC on hover. Unknown times are an em dash. */
export function Time({
  at,
  format = shortTime,
}: {
  readonly at: Moment | null
  readonly format?: (at: Moment) => string
}) {
  if (at === null) return <Unknown why="This has not happened yet." />
  return (
    <time dateTime={new Date(at).toISOString()} className={classes.number} data-tip={fullTime(at)}>
      {format(at)}
    </time>
  )
}

/** How long ago something was, kept current; the exact time on hover. */
export function Ago({ at }: { readonly at: Moment }) {
  const now = useNow(1000)
  return <Time at={at} format={() => ago(at, now)} />
}
