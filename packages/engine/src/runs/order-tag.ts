import { hash } from 'node:crypto'

/** The tag of a run's intent: at most 20 letters and digits (Kite's limit), the same whenever it is decided again. */
export function orderTag(runId: string, seq: number): string {
  return `S${hash('sha256', `${runId} ${seq}`, 'hex').slice(0, 19)}`
}
