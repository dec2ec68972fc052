/** What Kite calls its errors; unknown names are kept as they came (https://kite.trade/docs/connect/v3/exceptions/). */
export type KiteErrorType =
  | 'TokenException'
  | 'UserException'
  | 'OrderException'
  | 'InputException'
  | 'MarginException'
  | 'HoldingException'
  | 'NetworkException'
  | 'DataException'
  | 'GeneralException'
  /** Ours: the call was held back by our own rate governor and never sent. */
  | 'LocalLimitException'
  | (string & {})

/** The facts of a failed call. */
export interface KiteErrorFacts {
  readonly status: number | null
  readonly errorType: KiteErrorType
  readonly message: string
  readonly isDefinite: boolean
  readonly retryAfterMs?: number
}

/** A call to Kite that failed. It carries no secret: messages are cleaned and the cause, which may hold the URL, is dropped. */
export class KiteError extends Error {
  override readonly name = 'KiteError'
  /** The HTTP status, also of an HTML answer; null when no complete answer came. */
  readonly status: number | null
  /** Kite's `error_type`; 'NetworkException' when no answer came, 'DataException' for one that cannot be read. */
  readonly errorType: KiteErrorType
  /** True when the call certainly had no effect: the broker refused it in words, or it was never sent. */
  readonly isDefinite: boolean
  /** How long the broker asked us to wait, from the Retry-After header. */
  readonly retryAfterMs?: number

  constructor(facts: KiteErrorFacts) {
    super(facts.message)
    this.status = facts.status
    this.errorType = facts.errorType
    this.isDefinite = facts.isDefinite
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs
  }

  /** True when the account's access token is dead, for every device: only a new login at the broker helps. */
  get isTokenDead(): boolean {
    return this.errorType === 'TokenException'
  }

  /** The same failure in other words. */
  reworded(message: string): KiteError {
    const { status, errorType, isDefinite, retryAfterMs } = this
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs }
    return new KiteError({ status, errorType, message, isDefinite, ...asked })
  }
}

/** A reply that came but is not what Kite promises; it says nothing about whether the call took effect. */
export function unreadableReply(status: number, message: string): KiteError {
  return new KiteError({ status, errorType: 'DataException', message, isDefinite: false })
}
