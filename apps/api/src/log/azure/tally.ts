const names = ['sent', 'dropped', 'settled', 'queuedBytes', 'heard'] as const

/**
 * What became of lines, counted in memory that threads share: what a thread has counted is known without a message, and also
 * when it has died. `settled` are those of the lines written to a shipper that are in its memory no more: taken, dropped or on
 * disk; `sent` and `dropped` are also lines of others, from the disk. `heard` are the characters that came over to the thread.
 */
export class Tally {
  readonly memory: SharedArrayBuffer
  readonly #numbers: Float64Array

  constructor(memory = new SharedArrayBuffer(names.length * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#numbers = new Float64Array(memory)
  }

  get(name: (typeof names)[number]): number {
    return this.#numbers[names.indexOf(name)] ?? 0
  }

  add(name: (typeof names)[number], count: number): void {
    this.#numbers[names.indexOf(name)] = this.get(name) + count
  }
}
