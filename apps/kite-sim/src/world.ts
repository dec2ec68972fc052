import type { Clock } from './clock.ts'

/** Seconds worked off between two pauses in which sockets are written. */
const chunkSeconds = 120
/** Seconds the world makes up for after the process stood still; older ones are left out. */
const behindMax = 7200
/** Wall time between two looks at the clock when simulated seconds pass faster than this. */
const beatMs = 50
/** A socket that takes longer to write than this holds nobody up. */
const flushMsMax = 1000

/** Makes every simulated second happen, once and in order. */
export interface World {
  /** The last second that happened. */
  second(): number
  /** Lets all seconds up to the clock's happen now. */
  settle(): Promise<void>
  /** Lets `seconds` more happen, one by one; resolves when their ticks were written. */
  advance(seconds: number): Promise<void>
  /** Moves to another time; the seconds between never happen. */
  jumpTo(ms: number): Promise<void>
  setSpeed(speed: number): void
  close(): void
}

/** What happens in the world. */
export interface WorldEvents {
  readonly onSecond: (second: number) => void
  readonly onFlush: (second: number) => Promise<void>
}

/** A world that follows a clock. */
export function createWorld(clock: Clock, events: WorldEvents): World {
  let done = clock.second()
  let timer: NodeJS.Timeout | undefined

  const settle = async (): Promise<void> => {
    const target = clock.second()
    if (target <= done) return
    done = Math.max(done, target - behindMax)
    while (done < target) events.onSecond(++done)
    const late = Promise.withResolvers<void>()
    const timeout = setTimeout(late.resolve, flushMsMax)
    await Promise.race([events.onFlush(done), late.promise])
    clearTimeout(timeout)
  }
  const schedule = (): void => {
    clearTimeout(timer)
    const speed = clock.speed()
    if (speed === 0) return
    const waitMs = (1000 - (clock.nowMs() % 1000)) / speed
    timer = setTimeout(
      () => {
        void settle()
        schedule()
      },
      Math.max(beatMs, Math.ceil(waitMs)),
    )
  }
  schedule()

  return {
    second: () => done,
    settle,
    advance: async (seconds) => {
      for (let left = seconds; left > 0; left -= chunkSeconds) {
        clock.skip(Math.min(left, chunkSeconds))
        await settle()
      }
      schedule()
    },
    jumpTo: async (ms) => {
      await settle()
      clock.jumpTo(ms)
      if (clock.second() !== done) done = clock.second() - 1
      await settle()
      schedule()
    },
    setSpeed: (speed) => {
      clock.setSpeed(speed)
      schedule()
    },
    close: () => clearTimeout(timer),
  }
}
