import { z } from 'zod'
import { inputError } from '../kite-error.ts'
import { type Catalogue, type Instrument } from '../market/instruments.ts'
import { read } from '../rest/read.ts'
import type { OrderTerms } from './order.ts'

const count = z
  .string()
  .regex(/^\d{1,7}$/)
  .transform(Number)
const price = z.string().regex(/^\d{1,7}(\.\d{1,7})?$/)

const placeSchema = z.object({
  exchange: z.string().min(1).max(10),
  tradingsymbol: z.string().min(1).max(60),
  transaction_type: z.enum(['BUY', 'SELL']),
  quantity: count,
  product: z.enum(['CNC', 'NRML', 'MIS']),
  order_type: z.enum(['MARKET', 'LIMIT', 'SL', 'SL-M']),
  price: price.optional(),
  validity: z.enum(['DAY', 'IOC', 'TTL']).default('DAY'),
  disclosed_quantity: count.default(0),
  market_protection: z
    .string()
    .regex(/^(-1|\d{1,3}(\.\d+)?)$/)
    .transform(Number)
    .default(0),
  tag: z
    .string()
    .regex(/^[A-Za-z0-9]{0,20}$/)
    .default(''),
})

const modifySchema = placeSchema
  .pick({ quantity: true, price: true, order_type: true, validity: true })
  .partial()

/** What a modification changes. */
export interface Modification {
  readonly quantity: number | undefined
  readonly price: number | undefined
}

/** Reads the form of a new order; throws Kite's InputException for the first thing wrong with it. */
export function readOrder(form: unknown, catalogue: Catalogue): OrderTerms {
  const input = read(placeSchema, form)
  const instrument = catalogue.byName.get(`${input.exchange}:${input.tradingsymbol}`)
  if (instrument === undefined || instrument.segment === 'INDICES') {
    throw inputError('The instrument you are placing an order for has either expired or does not exist.')
  }
  if (input.order_type === 'SL' || input.order_type === 'SL-M') {
    throw inputError(`\`order_type\` ${input.order_type} is not simulated.`)
  }
  if (input.validity === 'TTL') throw inputError('`validity` TTL is not simulated.')
  checkProduct(input.product, instrument)
  checkQuantity(input.quantity, instrument)
  const isMarket = input.order_type === 'MARKET'
  if (
    isMarket &&
    input.market_protection !== -1 &&
    !(input.market_protection >= 1 && input.market_protection <= 100)
  ) {
    throw inputError('`market_protection` of a MARKET order is -1 or from 1 to 100.')
  }
  if (input.disclosed_quantity > input.quantity) throw inputError('Invalid `disclosed_quantity`.')
  return {
    instrument,
    side: input.transaction_type,
    product: input.product,
    type: input.order_type,
    validity: input.validity,
    quantity: input.quantity,
    price: isMarket ? 0 : readPrice(input.price, instrument),
    disclosedQuantity: input.disclosed_quantity,
    marketProtection: input.market_protection,
    tag: input.tag === '' ? null : input.tag,
  }
}

/** Reads the form of a change to a LIMIT order. */
export function readModification(form: unknown, instrument: Instrument): Modification {
  const input = read(modifySchema, form)
  if (input.order_type !== undefined && input.order_type !== 'LIMIT') {
    throw inputError('Only a LIMIT order can be modified, and it stays one.')
  }
  if (input.validity !== undefined && input.validity !== 'DAY') throw inputError('Invalid `validity`.')
  if (input.quantity !== undefined) checkQuantity(input.quantity, instrument)
  return {
    quantity: input.quantity,
    price: input.price === undefined ? undefined : readPrice(input.price, instrument),
  }
}

function checkProduct(product: OrderTerms['product'], { exchange }: Instrument): void {
  if (exchange === 'NFO' && product === 'CNC') throw inputError('CNC is not allowed for futures.')
  if (exchange === 'NSE' && product === 'NRML') throw inputError('NRML is not allowed for shares.')
}

function checkQuantity(quantity: number, { lotSize }: Instrument): void {
  if (quantity < 1) throw inputError('Invalid `quantity`.')
  if (quantity % lotSize !== 0) throw inputError(`Quantity should be a multiple of the lot size ${lotSize}.`)
}

function readPrice(text: string | undefined, { tickPaise }: Instrument): number {
  const paise = Number(text ?? 0) * 100
  if (!(paise > 0)) throw inputError('Missing or invalid `price`.')
  const ticks = Math.round(paise / tickPaise)
  if (Math.abs(ticks * tickPaise - paise) > 1e-6) {
    throw inputError(
      `Tick size for this script is ${(tickPaise / 100).toFixed(2)}. Enter the price in its multiples.`,
    )
  }
  return ticks * tickPaise
}
