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

  /** Adds a line to a folder; answers the batch that it did not fit into any more. */
  add(folder: string, line: string, bytes: number): Batch | undefined {
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

  /** Takes what was gathered, but for the folders that are not `wanted`. */
  take(isWanted: (folder: string) => boolean = () => true): readonly Batch[] {
    const batches = [...this.#open.values()].filter(({ folder }) => isWanted(folder))
    for (const { folder, bytes } of batches) {
      this.#open.delete(folder)
      this.#bytes -= bytes
    }
    return batches
  }
}
