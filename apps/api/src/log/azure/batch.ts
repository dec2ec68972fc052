import { dayOf, ownerOf } from './log-line.ts'

/** Lines that go into one blob with one call. */
export interface Batch {
  /** The folder of the blob: `{broker id or _system}/{day}`. */
  readonly folder: string
  readonly lines: string[]
  bytes: number
}

/** One call appends at most so much. */
export const batchBytes = 1024 * 1024

/** Gathers lines into batches by folder. */
export class Batches {
  readonly #open = new Map<string, Batch>()
  #bytes = 0

  /** How much is gathered. */
  get bytes(): number {
    return this.#bytes
  }

  /** Adds a line that came at `time`; answers the batch that it did not fit into any more. */
  add(line: string, bytes: number, time: number): Batch | undefined {
    return this.addTo(`${ownerOf(line)}/${dayOf(time)}`, line, bytes)
  }

  /** Adds a line to a folder; answers the batch that it did not fit into any more. */
  addTo(folder: string, line: string, bytes: number): Batch | undefined {
    const open = this.#open.get(folder)
    this.#bytes += bytes
    if (open !== undefined && open.bytes + bytes <= batchBytes) {
      open.lines.push(line)
      open.bytes += bytes
      return undefined
    }
    this.#open.set(folder, { folder, lines: [line], bytes })
    this.#bytes -= open?.bytes ?? 0
    return open
  }

  /** Takes everything that was gathered. */
  take(): readonly Batch[] {
    const batches = [...this.#open.values()]
    this.#open.clear()
    this.#bytes = 0
    return batches
  }
}
