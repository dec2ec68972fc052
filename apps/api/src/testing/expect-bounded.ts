import { expect } from 'vitest'
import type { Answered } from './load.ts'

/**
 * Checks what a server under a fault may answer: what it always answers or a 503 that says when to come back, within
 * `boundMs`; nobody is told to forget a session, and no answer has a driver's words.
 */
export function expectBounded(answers: readonly Answered[], boundMs: number): void {
  for (const { what, status, ms, headers, body } of answers) {
    expect([what, status, [200, 201, 202, 204, 409, 503].includes(status)]).toEqual([what, status, true])
    expect([what, status, ms, ms < boundMs]).toEqual([what, status, ms, true])
    if (what === 'health') expect(status).toBe(200)
    if (status !== 503) continue
    // A request's id is by chance: it may read like any word.
    const { requestId: _id, ...words }: Record<string, unknown> = JSON.parse(body)
    expect(words).toMatchObject({ code: 'unavailable' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(headers.get('set-cookie')).toBeNull()
    expect(JSON.stringify(words)).not.toMatch(/ECONN|terminat|timeout|postgres|redis|sql|lock/i)
  }
}
