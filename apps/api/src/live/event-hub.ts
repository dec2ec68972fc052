import { setImmediate } from 'node:timers/promises'
import { addressee, type Listener } from '@stratdesk/data/listen'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { FastifyBaseLogger } from 'fastify'
import { signedOut } from '../http/problem.ts'
import type { SessionStore } from '../sign-in/session-store.ts'
import { addStream, type Channel, closeDevice, closeEnded, newChannel } from './channel.ts'
import { eventBounds, eventsAfter } from './event-log.ts'
import { type EventStream, frameOf, type LoggedEvent } from './event-stream.ts'

interface HubOptions {
  readonly log: FastifyBaseLogger
  readonly sessions: Pick<SessionStore, 'isLive'>
  readonly heartbeatMs?: number
  readonly now?: () => number
}

/** Few enough that a batch, written at once, never looks like a client that does not keep up. */
const batchSize = 200
/** Whoever is further behind refetches everything, which is cheaper than so many events. */
const replayMax = 5000
const retryMs = 1000

/** Proof of life that a page can hear, as it cannot hear a comment: a connection that is only half open looks live. */
const heartbeat = 'event: heartbeat\ndata: {}\n\n'

/**
 * The open event streams of this process. Postgres wakes it once per event; it reads each account's new events once
 * and gives them to all of that account's streams.
 */
export class EventHub {
  readonly #channels = new Map<string, Channel>()
  readonly #log: FastifyBaseLogger
  readonly #sessions: HubOptions['sessions']
  readonly #now: () => number
  readonly #heartbeat: NodeJS.Timeout
  #isChecking = false

  constructor({ log, sessions, heartbeatMs = 15_000, now = Date.now }: HubOptions) {
    this.#log = log
    this.#sessions = sessions
    this.#now = now
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref()
  }

  /** Begins to hear of events and prices; resolves when Postgres has taken the subscription. */
  async hear(listener: Listener): Promise<void> {
    // What was notified while the connection was away is lost, so every account is read again.
    listener.onReconnect(() => {
      for (const brokerId of this.#channels.keys()) {
        this.#wake(brokerId)
        this.#recheck(brokerId)
      }
    })
    await listener.listen('sessions_ended', (payload) => this.#recheck(addressee(payload).brokerId))
    await listener.listen('account_events', (payload) => this.#wake(addressee(payload).brokerId))
    await listener.listen('account_ticks', (payload) => this.#tick(payload))
  }

  /** How many streams are open. */
  get size(): number {
    let size = 0
    for (const channel of this.#channels.values()) size += channel.streams.size
    return size
  }

  /**
   * Starts a stream behind `lastEventId`; without one it begins with what happens from now on. A client whose id is
   * no longer (or not yet) known is told to `reset`.
   */
  async open(scope: BrokerScope, stream: EventStream, lastEventId: number | undefined): Promise<void> {
    const channel = this.#join(scope, stream)
    // Before the first wait: a browser may go away at any time, and a slot must not stay taken for it.
    stream.onClose(() => this.#leave(channel, stream))
    try {
      // The session may have ended between the check of the request and the joining.
      const [isLive, { latest, oldest }] = await Promise.all([
        this.#sessions.isLive(stream.sessionKey),
        eventBounds(scope),
      ])
      if (stream.isAborted) {
        this.#leave(channel, stream)
        return stream.abandon()
      }
      if (!isLive || stream.isClosed) throw signedOut()
      channel.latest ??= latest
      stream.start()
      const canResume =
        lastEventId !== undefined &&
        lastEventId <= latest &&
        lastEventId >= oldest - 1 &&
        latest - lastEventId <= replayMax
      if (lastEventId === undefined) stream.write(`id: ${latest}\n\n`)
      else if (!canResume) stream.write(`id: ${latest}\nevent: reset\ndata: {}\n\n`)
      stream.sent = canResume ? lastEventId : latest
    } catch (error) {
      this.#leave(channel, stream)
      throw error
    }
    void this.#catchUp(channel, stream)
  }

  /**
   * Ends the streams of devices whose sessions have ended: here at once, in other processes as soon as they hear of it.
   * Never rejects; should nobody hear, each process finds out within a heartbeat.
   */
  async closeDevices(scope: BrokerScope, deviceIds: readonly string[]): Promise<void> {
    const channel = this.#channels.get(scope.brokerId)
    for (const deviceId of deviceIds) closeDevice(channel, deviceId)
    try {
      await scope.notify('sessions_ended')
    } catch (error) {
      this.#log.warn({ err: error, brokerId: scope.brokerId }, 'an ended session could not be announced')
    }
  }

  /** Ends the streams that an account has in this process. */
  closeAccount(brokerId: string): void {
    for (const stream of this.#channels.get(brokerId)?.streams ?? []) stream.close()
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#heartbeat)
    for (const channel of this.#channels.values()) for (const stream of channel.streams) stream.close()
  }

  #join(scope: BrokerScope, stream: EventStream): Channel {
    const channel = this.#channels.get(scope.brokerId) ?? newChannel(scope)
    addStream(channel, stream)
    this.#channels.set(scope.brokerId, channel)
    return channel
  }

  #leave(channel: Channel, stream: EventStream): void {
    channel.streams.delete(stream)
    const { brokerId } = channel.scope
    if (channel.streams.size === 0 && this.#channels.get(brokerId) === channel)
      this.#channels.delete(brokerId)
  }

  async #catchUp(channel: Channel, stream: EventStream): Promise<void> {
    try {
      while (!stream.isClosed && stream.sent < (channel.latest ?? 0)) {
        const events = await eventsAfter(channel.scope, stream.sent, batchSize)
        if (events.length === 0) break
        for (const event of events) stream.send(event, frameOf(event))
        await stream.drained()
      }
      stream.isLive = true
      // Something may have happened between the first look and now.
      if (channel.isStale) this.#wake(channel.scope.brokerId)
    } catch (error) {
      this.#log.warn({ err: error, brokerId: channel.scope.brokerId }, 'a stream could not catch up')
      stream.close()
    }
  }

  #wake(brokerId: string): void {
    const channel = this.#channels.get(brokerId)
    if (channel === undefined) return
    channel.isStale = true
    if (channel.isReading || channel.latest === undefined) return
    channel.isReading = true
    this.#read(channel, channel.latest).then(
      () => {
        channel.isReading = false
        if (channel.isStale) this.#wake(brokerId)
      },
      (error: unknown) => {
        channel.isReading = false
        this.#log.warn({ err: error, brokerId }, 'events could not be read; trying again')
        setTimeout(() => this.#wake(brokerId), retryMs).unref()
      },
    )
  }

  async #read(channel: Channel, from: number): Promise<void> {
    let latest = from
    while (channel.isStale) {
      channel.isStale = false
      const events = await eventsAfter(channel.scope, latest, batchSize)
      for (const event of events) this.#deliver(channel, event)
      latest = events.at(-1)?.seq ?? latest
      channel.latest = latest
      if (events.length < batchSize) continue
      channel.isStale = true
      // Lets the sockets take what was written before more of it is.
      await setImmediate()
    }
  }

  #deliver(channel: Channel, event: LoggedEvent): void {
    const ended = endedDevice(event)
    if (ended !== undefined) closeDevice(channel, ended)
    const frame = Buffer.from(frameOf(event))
    for (const stream of channel.streams) if (stream.isLive) stream.send(event, frame)
  }

  #tick(payload: string): void {
    const { brokerId, text } = addressee(payload)
    const channel = this.#channels.get(brokerId)
    if (channel === undefined) return
    const frame = Buffer.from(`event: tick\ndata: ${text}\n\n`)
    for (const stream of channel.streams) stream.sendTick(frame)
  }

  #beat(): void {
    const now = this.#now()
    for (const channel of this.#channels.values()) {
      for (const stream of channel.streams) {
        if (stream.device.expiresAt <= now) stream.close()
        else if (stream.isLive) stream.write(heartbeat)
      }
    }
    if (!this.#isChecking) void this.#endOver()
  }

  /** Ends the streams whose session is over. A store that does not answer ends none. */
  async #endOver(): Promise<void> {
    this.#isChecking = true
    try {
      for (const channel of this.#channels.values()) await closeEnded(channel, this.#sessions)
    } catch (error) {
      this.#log.warn({ err: error }, 'the sessions of streams could not be checked')
    } finally {
      this.#isChecking = false
    }
  }

  /** Some session of the account has ended: ends its streams at once. */
  #recheck(brokerId: string): void {
    const channel = this.#channels.get(brokerId)
    if (channel === undefined) return
    closeEnded(channel, this.#sessions).catch((error: unknown) => {
      this.#log.warn({ err: error, brokerId }, 'the sessions of streams could not be checked; trying again')
      setTimeout(() => this.#recheck(brokerId), retryMs).unref()
    })
  }
}

/** The device whose session an event says is over; its streams end in every process. */
function endedDevice(event: LoggedEvent): string | undefined {
  if (event.type !== 'device') return undefined
  const { deviceId, change }: { deviceId: string; change: string } = JSON.parse(event.payload)
  return change === 'revoked' || change === 'signed-out' ? deviceId : undefined
}
