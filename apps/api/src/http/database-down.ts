/** SQLSTATE classes that say Postgres is away, stopping, full, too slow or gave up on a deadlock, not that a query is wrong. */
const classes: ReadonlySet<string> = new Set(['08', '40', '53', '57'])
/** A lock was not to be had in time. */
const lockNotAvailable = '55P03'
const systemCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
])
/** pg throws these without a code. */
const driverMessages =
  /timeout exceeded when trying to connect|connection terminated|client has encountered a connection error|not queryable|pool after calling end|connection ended/i

/** True when an error, or what caused it, means that the database cannot be reached or does not answer in time. */
export function isDatabaseDown(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : ''
    if (code === lockNotAvailable || (/^[0-9A-Z]{5}$/.test(code) && classes.has(code.slice(0, 2))))
      return true
    if (systemCodes.has(code) || driverMessages.test(at.message)) return true
  }
  return false
}
