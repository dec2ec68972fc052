import type { BrokerScope } from '@stratdesk/data/scope'
import { ProblemError } from '../http/problem.ts'
import type { SessionStore } from '../sign-in/session-store.ts'
import type { EventStream } from './event-stream.ts'

/** One account with open streams in this process. */
export interface Channel {
  readonly scope: BrokerScope
  readonly streams: Set<EventStream>
  /** The last sequence given to live streams; unknown until the first stream has asked. */
  latest: number | undefined
  isReading: boolean
  /** Woken since the read under way began. */
  isStale: boolean
}

const streamsPerDevice = 8

/** A channel of an account that has no streams yet. */
export function newChannel(scope: BrokerScope): Channel {
  return { scope, streams: new Set(), latest: undefined, isReading: false, isStale: false }
}

/** Gives a stream its place; throws `limit-exceeded` when its device has eight already. */
export function addStream(channel: Channel, stream: EventStream): void {
  const { deviceId } = stream.device
  const open = [...channel.streams].filter((other) => other.device.deviceId === deviceId).length
  if (open >= streamsPerDevice) {
    const message = `This device has ${streamsPerDevice} live streams open already; close a tab`
    throw new ProblemError('limit-exceeded', message, { retryAfterSeconds: 30 })
  }
  channel.streams.add(stream)
}

/** Ends the streams of a device at once: nothing more reaches it. */
export function closeDevice(channel: Channel | undefined, deviceId: string): void {
  for (const stream of channel?.streams ?? []) if (stream.device.deviceId === deviceId) stream.close()
}

/** Ends the streams whose session is over; rejects, and ends none, when the store does not answer. */
export async function closeEnded(channel: Channel, sessions: Pick<SessionStore, 'isLive'>): Promise<void> {
  const streams = [...channel.streams]
  const alive = await Promise.all(streams.map(({ sessionKey }) => sessions.isLive(sessionKey)))
  for (const [at, stream] of streams.entries()) if (!alive[at]) stream.close()
}
