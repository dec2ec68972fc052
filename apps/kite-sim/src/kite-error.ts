/** Kite's error types that the simulator answers with. */
export type ErrorType =
  | 'TokenException'
  | 'InputException'
  | 'OrderException'
  | 'MarginException'
  | 'NetworkException'
  | 'GeneralException'

/** An error answered in Kite's envelope, with the given HTTP status. */
export class KiteError extends Error {
  readonly status: number
  readonly type: ErrorType

  constructor(status: number, type: ErrorType, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

/** A field that is missing or wrong: 400. */
export const inputError = (message: string): KiteError => new KiteError(400, 'InputException', message)

/** A token that is missing, wrong or expired: 403. */
export const tokenError = (message = 'Incorrect `api_key` or `access_token`.'): KiteError =>
  new KiteError(403, 'TokenException', message)
