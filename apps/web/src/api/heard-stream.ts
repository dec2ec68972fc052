import type { TickEvent } from '@stratdesk/contracts/events'
import { type AccountEvent, EventStream, type StreamHandlers, type StreamStatus } from './event-stream.ts'

/** What a stream has told its owner. */
export interface Heard {
  readonly statuses: StreamStatus[]
  readonly events: AccountEvent[]
  readonly ticks: TickEvent[]
  gaps: number
  broken: number
}

/** Opens a stream whose words are kept. */
export function listen(
  isSignedIn = true,
  isSameAccount = () => Promise.resolve(true),
): { stream: EventStream; heard: Heard } {
  const heard: Heard = { statuses: [], events: [], ticks: [], gaps: 0, broken: 0 }
  const handlers: StreamHandlers = {
    onEvent: (event) => heard.events.push(event),
    onTick: (tick) => heard.ticks.push(tick),
    onGap: () => {
      heard.gaps += 1
    },
    onStatus: (status) => heard.statuses.push(status),
    isSameAccount,
    onBroken: () => {
      heard.broken += 1
      return Promise.resolve(isSignedIn)
    },
  }
  return { stream: new EventStream('/api/events', handlers), heard }
}
