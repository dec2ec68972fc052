/** Something a server depends on, that a test may break and mend; its address stays the same. */
export interface Breakable {
  readonly url: string
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
  /** Asks it to end, as an operator would. */
  stop(): Promise<void>
  /** Starts it again with what it had; resolves when it takes connections. */
  start(): Promise<void>
  /** Has it keep its connections and answer nothing. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Stops it and removes its data. */
  close(): Promise<void>
}
