/** Wakes whoever sleeps on it. */
export class Alarm {
  #bell = Promise.withResolvers<void>()

  /** Wakes the sleeper, or whoever goes to sleep before the alarm is set again. */
  ring(): void {
    this.#bell.resolve()
  }

  /** From now on, what rings counts. */
  set(): void {
    this.#bell = Promise.withResolvers()
  }

  /** Resolves when it has rung since it was set, or after so many milliseconds. */
  async sleep(mostMs: number): Promise<void> {
    const timer = setTimeout(this.#bell.resolve, mostMs)
    await this.#bell.promise
    clearTimeout(timer)
  }
}
