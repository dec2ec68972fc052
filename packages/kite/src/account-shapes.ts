import * as z from 'zod'
import { istTimeOrNull, money, moneyOrNull, textOrNull, wireObject, words } from './wire.ts'

/** Whose account it is, in the broker's words, which may be any; what is no text is '', which is nobody's id. */
const userId = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? value : ''))

/** A token that can stand in a header, as all of Kite's can: visible ASCII, no longer than any token needs to be. */
const token = z.string().regex(/^[\x21-\x7e]{1,512}$/)

/** The reply of the token exchange: the only place a broker_id may come from. `accessToken` is a secret. */
export const sessionShape = wireObject({
  user_id: userId,
  user_name: textOrNull,
  email: textOrNull,
  access_token: token,
  public_token: textOrNull,
  exchanges: words,
  products: words,
  order_types: words,
  login_time: istTimeOrNull,
})

/** A fresh connection to the account `userId`; `accessToken` is a secret. */
export type KiteSession = z.output<typeof sessionShape>

/** Who the token belongs to. */
export const profileShape = wireObject({
  user_id: userId,
  user_name: textOrNull,
  email: textOrNull,
  broker: textOrNull,
  exchanges: words,
  products: words,
  order_types: words,
})

/** The holder of the account. */
export type Profile = z.output<typeof profileShape>

const segmentMargins = wireObject({
  enabled: z.boolean().optional(),
  net: money,
  available: wireObject({
    cash: moneyOrNull,
    opening_balance: moneyOrNull,
    live_balance: moneyOrNull,
    collateral: moneyOrNull,
    intraday_payin: moneyOrNull,
  }),
  utilised: z.record(z.string(), moneyOrNull),
})

/** Funds by segment; a segment the account does not have is null. */
export const marginsShape = wireObject({
  equity: segmentMargins.nullish().transform((value) => value ?? null),
  commodity: segmentMargins.nullish().transform((value) => value ?? null),
})

/** Funds of the account, decimal strings of rupees. */
export type Margins = z.output<typeof marginsShape>

const positionShape = wireObject({
  tradingsymbol: z.string(),
  exchange: z.string(),
  instrument_token: z.number(),
  product: z.string(),
  quantity: z.number(),
  overnight_quantity: z.number(),
  multiplier: z.number(),
  average_price: money,
  close_price: money,
  last_price: money,
  buy_quantity: z.number(),
  buy_price: money,
  buy_value: money,
  sell_quantity: z.number(),
  sell_price: money,
  sell_value: money,
})

/** Open and closed positions: `net` is the truth of the account, `day` is today's trading alone. */
export const positionsShape = wireObject({ net: z.array(positionShape), day: z.array(positionShape) })

/** One row of positions. The broker's realised and unrealised are left out on purpose: see `positionPnl`. */
export type Position = z.output<typeof positionShape>

/** Both books of positions. */
export type Positions = z.output<typeof positionsShape>

/** A share held for delivery. */
export const holdingShape = wireObject({
  tradingsymbol: z.string(),
  exchange: z.string(),
  instrument_token: z.number(),
  isin: textOrNull,
  product: z.string(),
  quantity: z.number(),
  t1_quantity: z.number(),
  average_price: money,
  last_price: money,
  close_price: moneyOrNull,
  pnl: moneyOrNull,
})

/** One holding of the account. */
export type Holding = z.output<typeof holdingShape>
