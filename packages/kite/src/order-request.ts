import * as z from 'zod'

const amount = z.string().regex(/^\d{1,9}(\.\d{1,7})?$/, 'a positive decimal, for example "1412.95"')
const wholeQuantity = z.int().positive()
const orderId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'an order id')
const variety = z.enum(['regular', 'amo', 'co', 'iceberg', 'auction'])
const orderType = z.enum(['MARKET', 'LIMIT', 'SL', 'SL-M'])
const validity = z.enum(['DAY', 'IOC', 'TTL'])

const terms = {
  quantity: wholeQuantity,
  orderType,
  price: amount.optional(),
  triggerPrice: amount.optional(),
  validity: validity.optional(),
  /** Minutes, with validity TTL. */
  validityTtl: z.int().min(1).max(1440).optional(),
  disclosedQuantity: wholeQuantity.optional(),
  /** Percent from the last price a market order may go; -1 lets the broker choose. Required on MARKET and SL-M. */
  marketProtection: z.union([z.literal(-1), z.number().min(1).max(100)]).optional(),
}

/** A new order as Kite wants it; prices are decimal strings, the tag is how an order of unknown fate is found again. */
export const placeOrderInput = z
  .strictObject({
    variety: variety.default('regular'),
    exchange: z.string().min(1).max(10),
    tradingsymbol: z.string().min(1).max(60),
    transactionType: z.enum(['BUY', 'SELL']),
    product: z.enum(['CNC', 'NRML', 'MIS', 'MTF']),
    ...terms,
    tag: z
      .string()
      .regex(/^[A-Za-z0-9]{1,20}$/, 'one to twenty letters and digits')
      .optional(),
  })
  .superRefine(checkPrices)

/** What `placeOrder` takes. */
export type PlaceOrder = z.input<typeof placeOrderInput>

/** New terms for an open order. */
export const modifyOrderInput = z
  .strictObject({ variety: variety.default('regular'), orderId, ...terms })
  .partial({ quantity: true, orderType: true })

/** What `modifyOrder` takes; what is left out stays as it is. */
export type ModifyOrder = z.input<typeof modifyOrderInput>

/** An order to call back. */
export const cancelOrderInput = z.strictObject({ variety: variety.default('regular'), orderId })

/** What `cancelOrder` takes. */
export type CancelOrder = z.input<typeof cancelOrderInput>

function checkPrices(
  order: {
    orderType: string
    price?: string | undefined
    triggerPrice?: string | undefined
    marketProtection?: number | undefined
  },
  context: z.RefinementCtx,
): void {
  const needs = (field: 'price' | 'triggerPrice' | 'marketProtection') => {
    if (order[field] !== undefined) return
    context.addIssue({ code: 'custom', path: [field], message: `needed for ${order.orderType}` })
  }
  if (order.orderType === 'LIMIT' || order.orderType === 'SL') needs('price')
  if (order.orderType === 'SL' || order.orderType === 'SL-M') needs('triggerPrice')
  if (order.orderType === 'MARKET' || order.orderType === 'SL-M') needs('marketProtection')
}

/** The form Kite reads: snake_case names, all values as text; what is undefined is left out. */
export function orderForm(fields: Readonly<Record<string, string | number | undefined>>): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined)
      form.set(
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        String(value),
      )
  }
  return form
}
