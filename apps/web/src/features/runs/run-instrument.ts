import type { Run } from '@stratdesk/contracts/runs'

/** The instrument (`EXCHANGE:SYMBOL`) of a run that trades one, by its parameter of that name; null otherwise. */
export function instrumentOf(run: Pick<Run, 'params'>): string | null {
  const { instrument } = run.params
  return typeof instrument === 'string' && instrument.includes(':') ? instrument : null
}
