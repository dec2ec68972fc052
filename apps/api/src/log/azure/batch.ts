/** One call appends at most so much. */
export const batchBytes = 1024 * 1024
const firstBytes = 4096

/**
 * Lines that go into one blob with one call. They are kept as the bytes that are sent: a text cut out of a longer one would keep
 * all of that in memory for as long as it waits.
 */
export class Batch {
  /** The folder of the blob: `{broker id or _system}/{day}`. */
  readonly folder: string
  lines = 0
  bytes = 0
  #buffer = Buffer.allocUnsafeSlow(firstBytes)

  constructor(folder: string) {
    this.folder = folder
  }

  /** What is sent. */
  get content(): Buffer {
    return this.#buffer.subarray(0, this.bytes)
  }

  /** Adds a line of so many bytes, its line end included. */
  add(line: string, bytes: number): void {
    const end = this.bytes + bytes
    if (end > this.#buffer.length) this.#resize(Math.max(end, Math.min(2 * end, batchBytes)))
    this.#buffer.write(line, this.bytes)
    this.bytes = end
    this.lines += 1
  }

  /** Gives room back that it does not need: nothing is added any more. */
  close(): this {
    if (this.#buffer.length > 1.25 * this.bytes) this.#resize(this.bytes)
    return this
  }

  /**
   * Gives its memory back, which V8 would do by itself only after tens of mebibytes of it. Only for a batch that nobody sends
   * any more: its content is gone.
   */
  free(): void {
    this.#buffer.buffer.transfer(0)
  }

  #resize(bytes: number): void {
    this.#buffer = Buffer.from(this.#buffer.buffer.transfer(bytes))
  }
}

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
      open.add(line, bytes)
      return undefined
    }
    const next = new Batch(folder)
    next.add(line, bytes)
    this.#open.set(folder, next)
    this.#bytes -= open?.bytes ?? 0
    return open?.close()
  }

  /** Takes what was gathered, but for the folders that are not `wanted`. */
  take(isWanted: (folder: string) => boolean = () => true): readonly Batch[] {
    const batches = [...this.#open.values()].filter(({ folder }) => isWanted(folder))
    for (const batch of batches) {
      this.#open.delete(batch.folder)
      this.#bytes -= batch.close().bytes
    }
    return batches
  }
}
