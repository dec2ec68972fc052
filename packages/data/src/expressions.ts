import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'

/** Expressions that Kysely has no word for. Rooms use these; `sql` itself stays inside this package. */

/** A number written into the text instead of bound, for what never changes. */
export function literal(value: number): RawBuilder<number> {
  if (!Number.isSafeInteger(value)) throw new RangeError('Only whole numbers are written into a statement')
  return sql<number>`${sql.lit(value)}`
}

/** The sum of a column as an exact decimal text; 0 over no rows. Not for columns where null means unknown. */
export function sumOrZero(value: Expression<string | null>): RawBuilder<string> {
  return sql<string>`coalesce(sum(${value}), 0)`
}

/** The sum of whole numbers as a number; 0 over no rows. For quantities, which fit in 32 bits. */
export function sumInteger(value: Expression<number>): RawBuilder<number> {
  return sql<number>`coalesce(sum(${value}), 0)::integer`
}

/** The sum of values of which any may be unknown (null): null when one is, 0 over no rows. */
export function sumOrUnknown(value: Expression<string | null>): RawBuilder<string | null> {
  return sql<
    string | null
  >`case when coalesce(bool_and(${value} is not null), true) then coalesce(sum(${value}), 0) end`
}

/** How many rows there are for which a condition holds. */
export function countWhere(condition: Expression<SqlBool>): RawBuilder<number> {
  return sql<number>`(count(*) filter (where ${condition}))::integer`
}

/** How many rows there are, as a number. */
export function countAll(): RawBuilder<number> {
  return sql<number>`count(*)::integer`
}

/** Exact decimal arithmetic on columns; null when either is. */
export function plus(a: Expression<string | null>, b: Expression<string | null>): RawBuilder<string> {
  return sql<string>`(${a} + ${b})`
}

/** `a − b`, exactly; null when either is. */
export function minus(a: Expression<string | null>, b: Expression<string | null>): RawBuilder<string> {
  return sql<string>`(${a} - ${b})`
}

/** `a ÷ b` rounded to `digits` decimals; null when b is 0 or either is null. */
export function ratio(
  a: Expression<string | number | null>,
  b: Expression<string | number | null>,
  digits: number,
): RawBuilder<string | null> {
  return sql<string | null>`round(${a}::numeric / nullif(${b}, 0), ${sql.lit(digits)})`
}

/** An open lot's gain at a price: (last − entry) × remaining, turned round when short; null while the price is unknown. */
export function lotGain(lot: {
  readonly side: Expression<'long' | 'short'>
  readonly remaining: Expression<number>
  readonly price: Expression<string>
  readonly lastPrice: Expression<string | null>
}): RawBuilder<string | null> {
  const { side, remaining, price, lastPrice } = lot
  return sql<
    string | null
  >`((${lastPrice} - ${price}) * ${remaining} * case ${side} when 'long' then 1 else -1 end)`
}

/** A quantity with its direction: negative when short or sold. */
export function signedQuantity(
  side: Expression<'long' | 'short' | 'buy' | 'sell'>,
  quantity: Expression<number>,
): RawBuilder<number> {
  return sql<number>`(${quantity} * case when ${side} in ('long', 'buy') then 1 else -1 end)`
}

/** The mean price of several lots, weighted by their quantities; null over none. */
export function averagePrice(
  price: Expression<string>,
  quantity: Expression<number>,
  digits = 4,
): RawBuilder<string | null> {
  return sql<
    string | null
  >`trim_scale(round(sum(${price} * ${quantity}) / nullif(sum(${quantity}), 0), ${sql.lit(digits)}))`
}

/**
 * Rows behind a cursor of a list that is newest first: `(time, id) < (cursor)`. Served by the index on
 * `(broker_id, time desc, id desc)`.
 */
export function olderThan(
  [time, id]: readonly [Expression<Date>, Expression<string>],
  cursor: { readonly time: Expression<Date> | Date | string; readonly id: Expression<string> | string },
): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${time}, ${id}) < (${cursor.time}, ${cursor.id})`
}

/** Whether a text holds another, whatever their case; `%` and `_` in it mean themselves. */
export function contains(column: Expression<string>, text: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${column} ilike ${`%${escapeLike(text)}%`}`
}

/** Whether a text begins with another, whatever their case. */
export function startsWith(column: Expression<string>, text: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${column} ilike ${`${escapeLike(text)}%`}`
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

/** Whether a UUID is one of these; the text of the statement is the same however many there are. */
export function isOneOf(id: Expression<string>, ids: readonly string[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`${id} = any(${ids}::uuid[])`
}

/** The value under a key of a JSON object that is given as text; null when there is none. */
export function fieldOf(json: string, key: Expression<string>): RawBuilder<string> {
  return sql<string>`(${json}::jsonb -> ${key}::text)`
}

/** A column as text: a numeric inside JSON stays exact only so. */
export function asText(value: Expression<unknown>): RawBuilder<string> {
  return sql<string>`${value}::text`
}

/** The sum of a column up to and with each row, in the order of `by`. The order must be unique. */
export function runningSum(
  value: Expression<string>,
  by: readonly Expression<unknown>[],
): RawBuilder<string> {
  return sql<string>`sum(${value}) over (order by ${sql.join(by)} rows unbounded preceding)`
}

/** The highest value up to and with each row, at least 0: what a drawdown is measured from. */
export function runningPeak(
  value: Expression<string>,
  by: readonly Expression<unknown>[],
): RawBuilder<string> {
  return sql<string>`greatest(max(${value}) over (order by ${sql.join(by)} rows unbounded preceding), 0)`
}

/** The row's number in an order, from 1. */
export function rowNumber(by: readonly Expression<unknown>[]): RawBuilder<number> {
  return sql<number>`(row_number() over (order by ${sql.join(by)}))::integer`
}

/** The number of rows of the whole result, on each of them. */
export function rowCount(): RawBuilder<number> {
  return sql<number>`(count(*) over ())::integer`
}

/** Picks at most `points` rows of `count`, evenly, always with the last one. Rows are numbered from 1. */
export function isSample(
  number: Expression<number>,
  count: Expression<number>,
  points: Expression<number>,
): RawBuilder<SqlBool> {
  return sql<SqlBool>`((${count} - ${number}) % ceil(${count}::numeric / ${points})::integer = 0)`
}

/** The points of a curve that a condition picks, in an order, as one JSON value: `[]` where there are none. */
export function pointsAsJson({
  time,
  net,
  drawdown,
  by,
  where,
}: JsonPoints): RawBuilder<readonly JsonPoint[]> {
  const at = sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  const point = sql`json_build_object('time', ${at}, 'net', ${asText(net)}, 'drawdown', ${asText(drawdown)})`
  return sql<
    readonly JsonPoint[]
  >`coalesce(json_agg(${point} order by ${by}) filter (where ${where}), '[]'::json)`
}

/** A point as JSON has it: its time in UTC, its decimals exact as texts. */
export interface JsonPoint {
  readonly time: string
  readonly net: string
  readonly drawdown: string
}

interface JsonPoints {
  readonly time: Expression<Date>
  readonly net: Expression<string>
  readonly drawdown: Expression<string>
  readonly by: Expression<unknown>
  readonly where: Expression<SqlBool>
}

/** Midnight in IST at the beginning of a day `YYYY-MM-DD`. India keeps one offset all year. */
export function istDayStart(day: string): Date {
  return new Date(`${day}T00:00:00+05:30`)
}

/** Midnight in IST at the end of a day: what an included last day is compared with, exclusively. */
export function istDayEnd(day: string): Date {
  return new Date(istDayStart(day).getTime() + 86_400_000)
}
