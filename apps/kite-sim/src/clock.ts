/** Simulated time: runs `speed` simulated seconds to the wall second, stands still at 0. */
export interface Clock {
  nowMs(): number
  /** The whole simulated epoch second. */
  second(): number
  speed(): number
  setSpeed(speed: number): void
  jumpTo(ms: number): void
  /** Moves time on by whole seconds, keeping the part of a second already passed. */
  skip(seconds: number): void
}

/** A clock at `startMs` now. Wall time that steps backwards (NTP) stops it rather than turning it. */
export function createClock(startMs: number, initialSpeed: number): Clock {
  let baseMs = startMs
  let speed = initialSpeed
  let wallMs = Date.now()
  const nowMs = (): number => baseMs + Math.max(0, Date.now() - wallMs) * speed
  const rebase = (ms: number): void => {
    baseMs = ms
    wallMs = Date.now()
  }
  return {
    nowMs,
    second: () => Math.floor(nowMs() / 1000),
    speed: () => speed,
    setSpeed: (next) => {
      rebase(nowMs())
      speed = next
    },
    jumpTo: rebase,
    skip: (seconds) => rebase(nowMs() + seconds * 1000),
  }
}
