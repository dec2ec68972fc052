import * as z from 'zod'
import { orderShape, type Order } from './order-shapes.ts'

/** What a text message of the ticker means to us. */
export type TickerText =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'token-dead' }
  | { readonly kind: 'notice' }
  | { readonly kind: 'malformed' }

const orderMessage = z.object({ type: z.literal('order'), data: orderShape })
const otherMessage = z.object({ type: z.string() })

/**
 * Reads one text message: an order update, an error, or a notice. An error that names TokenException means the access
 * token is dead. Nothing makes it throw; an order update that lacks what an order needs is malformed.
 */
export function parseText(text: string): TickerText {
  const message = jsonOf(text)
  const update = orderMessage.safeParse(message)
  if (update.success) return { kind: 'order', order: update.data.data }
  const other = otherMessage.safeParse(message)
  if (!other.success || other.data.type === 'order') return { kind: 'malformed' }
  if (other.data.type === 'error' && text.includes('TokenException')) return { kind: 'token-dead' }
  return { kind: 'notice' }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
