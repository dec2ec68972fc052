/** The Idempotency-Key of a form and the request it was last used for. */
export interface SubmitKey {
  readonly key: string
  readonly sent: string | null
}

/** A key for a form that has just been opened. */
export function newSubmitKey(): SubmitKey {
  return { key: crypto.randomUUID(), sent: null }
}

/**
 * The key for sending `body`: the same one as long as the request is the same, so that a repeat after a lost answer
 * starts nothing twice; a new one once the request has changed, because it is then another request.
 */
export function submitKeyFor(last: SubmitKey, body: unknown): SubmitKey {
  const sent = JSON.stringify(body)
  if (last.sent === null || last.sent === sent) return { key: last.key, sent }
  return { key: crypto.randomUUID(), sent }
}
