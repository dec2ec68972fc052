import { type StreamStatus, useStreamStatus } from '../../api/live.ts'
import { timeOfDay } from '../../lib/time.ts'
import { useNow } from '../use-now.ts'
import classes from './chips.module.css'

/** How the live stream stands: a dot and its word. */
export function StreamMark() {
  const status = useStreamStatus()
  const now = useNow(1000)
  return (
    <div
      className={`${classes.chip} ${classes.bare}`}
      data-tone={tones[status.state]}
      data-tip={streamExplanation(status)}
      tabIndex={0}
    >
      <span className={classes.dot} aria-hidden />
      <span className={classes.number}>{streamWords(status, now)}</span>
    </div>
  )
}

const tones = { off: 'none', connecting: 'none', live: 'good', reconnecting: 'warn', stale: 'bad' } as const

function streamWords(status: StreamStatus, now: number): string {
  switch (status.state) {
    case 'off':
      return 'Off'
    case 'connecting':
      return 'Connecting'
    case 'live':
      return 'Live'
    case 'reconnecting':
      return status.retryAt === null ? 'Reconnecting' : `Retry in ${secondsUntil(status.retryAt, now)} s`
    case 'stale':
      return 'Stale'
  }
}

function streamExplanation(status: StreamStatus): string {
  switch (status.state) {
    case 'off':
      return 'The live stream is closed.'
    case 'connecting':
      return 'Connecting to the live stream.'
    case 'live':
      return `Numbers arrive as they change, since ${timeOfDay(status.since)}.`
    case 'reconnecting':
    case 'stale':
      return `The live stream has been cut since ${timeOfDay(status.since)}. What is shown may be old.`
  }
}

/** Whole seconds until a moment, at least 0. */
export function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1000))
}
