import type * as z from 'zod'
import { unreadableReply } from './kite-error.ts'
import { withRetry, type RetryOptions } from './retry.ts'
import type { KiteCall, Transport } from './transport.ts'

/** The transport with parsing at its edge: what comes out has the promised shape or is a KiteError. */
export interface Reader {
  /** Sends a reading call, again if it fails in passing. */
  get<Shape extends z.ZodType>(shape: Shape, call: Omit<KiteCall, 'method'>): Promise<z.output<Shape>>
  /** Sends any call exactly once. */
  once<Shape extends z.ZodType>(shape: Shape, call: KiteCall): Promise<z.output<Shape>>
  /** Opens a streaming reading call, again if it cannot be opened. */
  open(call: Omit<KiteCall, 'method'>): Promise<Response>
}

/** A reader over one account's transport. */
export function createReader(transport: Transport, retry: RetryOptions): Reader {
  return {
    get: async (shape, call) => {
      const get: KiteCall = { ...call, method: 'GET' }
      return parsed(shape, await withRetry(() => transport.send(get), retry), get)
    },
    once: async (shape, call) => parsed(shape, await transport.send(call), call),
    open: (call) => withRetry(() => transport.open({ ...call, method: 'GET' }), retry),
  }
}

/** Names the fields that are wrong, never their values. */
function parsed<Shape extends z.ZodType>(shape: Shape, data: unknown, call: KiteCall): z.output<Shape> {
  const result = shape.safeParse(data)
  if (result.success) return result.data
  const fields = result.error.issues.slice(0, 3).map((issue) => issue.path.join('.') || 'data')
  throw unreadableReply(
    200,
    `${call.method} ${call.path}: the reply is not as promised at ${fields.join(', ')}`,
  )
}
