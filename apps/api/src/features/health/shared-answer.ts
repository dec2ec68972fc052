/**
 * Makes work that anybody may ask for cost the same however many ask: who comes while it is under way, or within
 * `keepMs` of its end, gets the same answer. A rejection is shared like an answer.
 */
export function sharedAnswer<Answer, Asked extends readonly unknown[]>(
  work: (...asked: Asked) => Promise<Answer>,
  keepMs: number,
): (...asked: Asked) => Promise<Answer> {
  let current: Promise<Answer> | undefined
  return (...asked) => {
    if (current) return current
    const mine = work(...asked)
    current = mine
    const forget = () => setTimeout(() => (current = undefined), keepMs).unref()
    mine.then(forget, forget)
    return mine
  }
}
