/** Calls `send` at once, then at most once every `intervalMs` while there is something to send. */
export interface Coalescer {
  /** There is something to send. */
  poke(): void
  /** Sends nothing more; resolves when a sending in flight is over. */
  stop(): Promise<void>
}

/** `send` never runs twice at a time; what it throws goes to `onError`. */
export function coalesce(
  intervalMs: number,
  send: () => Promise<void>,
  onError: (error: unknown) => void,
): Coalescer {
  let isWanted = false
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> | undefined

  function start(): void {
    isWanted = false
    sending = send().catch(onError)
    timer = setTimeout(() => {
      void sending?.then(() => {
        timer = undefined
        if (isWanted && !isOver) start()
      })
    }, intervalMs)
  }

  return {
    poke() {
      isWanted = true
      if (!timer && !isOver) start()
    },
    async stop() {
      isOver = true
      clearTimeout(timer)
      await sending
    },
  }
}
