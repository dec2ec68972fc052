import type { Seen } from '../market/quote.ts'
import type { ActiveRun } from './active-run.ts'

/** Where a run stands: what it has seen, how many intents it made, and its strategy's own state. */
export interface Checkpoint {
  readonly format: 1
  readonly seen: readonly (readonly [token: number, seen: Seen])[]
  readonly nextSeq: number
  readonly snapshot: unknown
}

/** The checkpoint of a run as it stands, as JSON. */
export function checkpointOf(run: ActiveRun): string {
  const checkpoint: Checkpoint = {
    format: 1,
    seen: [...run.seen],
    nextSeq: run.nextSeq,
    snapshot: run.strategy.snapshot(),
  }
  return JSON.stringify(checkpoint)
}

/** Reads the checkpoint of a run's row. Throws on one that this version did not write. */
export function readCheckpoint(json: unknown): Checkpoint {
  if (!isCheckpoint(json)) throw new Error('Its checkpoint was written by another version')
  return json
}

function isCheckpoint(json: unknown): json is Checkpoint {
  return (
    typeof json === 'object' &&
    json !== null &&
    'format' in json &&
    json.format === 1 &&
    'seen' in json &&
    Array.isArray(json.seen) &&
    'nextSeq' in json &&
    typeof json.nextSeq === 'number' &&
    'snapshot' in json
  )
}
