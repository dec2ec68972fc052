import { z } from 'zod'

/** An exact decimal as a string: money, prices and P&L never pass through a float. */
export const Decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,10})?$/, 'Must be a decimal number')

/** An ISO 8601 instant in UTC. */
export const Instant = z.iso.datetime()

/** A calendar day `YYYY-MM-DD`, meant in IST. */
export const Day = z.iso.date()

/** Ids are UUIDv7 unless the broker gave them. */
export const Id = z.uuid()

/** Path parameters of every `/:id` route. A text that cannot be an id is answered like an unknown id. */
export const IdParams = z.strictObject({ id: z.string() })

/** How orders are filled. Only `paper` exists until orders can be journalled and sent to the broker. */
export const Mode = z.enum(['paper'])
export type Mode = z.infer<typeof Mode>

/** A whole number in a query string: `?n=` and `?n=1e9` are refused, not read as 0 or 1000000000. */
export function queryInteger(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `Must be a whole number from ${min} to ${max}`)
    .refine(
      (text) => Number(text) >= min && Number(text) <= max,
      `Must be a whole number from ${min} to ${max}`,
    )
}

/** Query fields of every list. `limit` is 1–200 (50 when absent); `cursor` is opaque and comes from `nextCursor`. */
export const pageFields = {
  limit: queryInteger(1, 200).optional(),
  cursor: z.string().min(1).max(512).optional(),
}

/** The number of rows a validated `limit` asks for. */
export function pageSize(limit: string | undefined): number {
  return limit === undefined ? 50 : Number(limit)
}

/** A page of a keyset-paginated list; `nextCursor` is null on the last page. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** A list that is short by nature and comes whole. */
export function items<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item) })
}

/**
 * Money with its source and age. `null` is unknown, never 0.
 * `realised = gross − charges` of closed trades; `net = realised + unrealised`. What entering an open position cost is
 * counted when it closes. `unrealised` and `net` are null while an open position has no known price.
 */
export const Pnl = z.object({
  gross: Decimal,
  charges: Decimal,
  realised: Decimal,
  unrealised: Decimal.nullable(),
  net: Decimal.nullable(),
  asOf: Instant.nullable(),
})
export type Pnl = z.infer<typeof Pnl>

/** A path of the web app as it stands in an address: printable ASCII, and nothing a browser could take for a host. */
export const appPath = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/

/** A place in the web app to come back to: a path of this origin, never another site's address (OWASP ASVS 1.2.2). */
export const ReturnPath = z.string().max(512).regex(appPath, 'Must be a path of this web app')
