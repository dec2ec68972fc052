import { setTimeout as delay } from 'node:timers/promises'
import type { ContainerClient } from '@azure/storage-blob'
import { type Batch, Batches, batchBytes } from './batch.ts'
import type { BlobLimits } from './blob-log.ts'
import { Dropped } from './dropped.ts'
import { turnOf, turns } from './folder-turn.ts'
import { dayOf, ownerOf, timeOf } from './log-line.ts'
import { Outage, type Tell } from './outage.ts'
import { Recovery } from './recovery.ts'
import { type Fate, Sender } from './sender.ts'
import { Spill } from './spill.ts'
import { Tally } from './tally.ts'

interface LogShipperOptions {
  readonly container: ContainerClient
  /** Names this process in blobs: host and boot. */
  readonly writer: string
  readonly spillDir: string
  /** Must not write to this shipper. */
  readonly tell: Tell
  readonly memoryMax?: number
  readonly spillMax?: number
  readonly everyMs?: number
  readonly pauseMaxMs?: number
  readonly blobLimits?: BlobLimits
  readonly now?: () => number
  /** Where it counts; in memory of its own when absent. */
  readonly tally?: Tally
}

/** What became of the lines so far. */
export interface LogCounts {
  readonly written: number
  readonly sent: number
  /** In memory, not yet taken by Azure. */
  readonly queuedBytes: number
  readonly dropped: number
}

const mebibyte = 1024 ** 2
/** Gathered for the disk at most so much, so that it is not written line by line. */
const gatheredMax = mebibyte
/** On its way to the disk at most so much. */
const spillingMax = 8 * mebibyte

/**
 * Sends log lines to Azure Blob Storage: `{broker id or _system}/{day}/{host}-{boot}-{n}.ndjson`. Writing never waits.
 * While Azure does not take them, 8 MiB are kept in memory, then 512 MiB on disk; beyond that lines are dropped and counted.
 */
export class LogShipper {
  readonly #options: LogShipperOptions
  readonly #batches = new Batches()
  readonly #sender: Sender
  readonly #sending = new Set<Promise<void>>()
  readonly #spill: Spill
  readonly #closing = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #now: () => number
  readonly #outage: Outage
  readonly #toSpill: Batch[] = []
  readonly #recovery: Recovery
  readonly #dropped: Dropped
  #spilling: Promise<void> = Promise.resolve()
  readonly #tally: Tally
  #written = 0
  #turn = 0
  #bytes = 0
  #spillingBytes = 0

  constructor(options: LogShipperOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#tally = options.tally ?? new Tally()
    const { container, writer, tell, pauseMaxMs = 30_000, blobLimits } = options
    this.#outage = new Outage({ tell, now: this.#now, pauseMaxMs })
    const closing = this.#closing.signal
    this.#sender = new Sender({
      container,
      writer,
      outage: this.#outage,
      tell,
      closing,
      pauseMaxMs,
      blobLimits,
    })
    const { spillDir: dir, spillMax: bytesMax = 512 * mebibyte } = options
    this.#spill = new Spill({ dir, writer, bytesMax })
    const send = (batch: Batch) => this.#sendSpilled(batch)
    this.#recovery = new Recovery({ spill: this.#spill, send, closing, tell })
    this.#dropped = new Dropped({ tell, now: this.#now, tally: this.#tally })
    const { everyMs = 2000 } = options
    this.#timer = setInterval(() => this.#takeTurn(), everyMs / turns).unref()
  }

  get counts(): LogCounts {
    return {
      written: this.#written,
      sent: this.#tally.get('sent'),
      queuedBytes: this.#tally.get('queuedBytes'),
      dropped: this.#tally.get('dropped'),
    }
  }

  /** Takes lines, each with its line end; returns at once. */
  write(lines: string): void {
    for (let from = 0, end = 0; from < lines.length; from = end) {
      end = lines.indexOf('\n', from) + 1 || lines.length
      this.#add(lines.slice(from, end))
    }
  }

  #add(line: string): void {
    this.#written += 1
    const day = dayOf(timeOf(line, this.#now()))
    const bytes = Buffer.byteLength(line)
    if (bytes > batchBytes) return this.#drop(1)
    this.#hold(bytes)
    const full = this.#batches.add(`${ownerOf(line)}/${day}`, line, bytes)
    if (full) this.#keep(full)
    if (this.#isFull && this.#batches.bytes >= gatheredMax) this.#keepGathered()
  }

  /** Says lines that were lost, and counted, before they came here. */
  missed(lines: number): void {
    this.#dropped.addCounted(lines)
  }

  /** Sends what there is within `patienceMs`; what Azure does not take by then goes to disk. */
  async close(patienceMs = 5000): Promise<void> {
    clearInterval(this.#timer)
    this.#keepGathered()
    // This timer keeps the process alive, which nothing else may do any more while it ends.
    const patience = new AbortController()
    const isSent = await Promise.race([
      this.#drained().then(() => true),
      delay(patienceMs, false, { signal: patience.signal }).catch(() => false),
    ])
    patience.abort()
    this.#closing.abort()
    if (!isSent) await this.#drained()
    await this.#spilling
    this.#spill.close()
    this.#dropped.say(true)
  }

  async #drained(): Promise<void> {
    await Promise.all([...this.#sending, this.#recovery.ended()])
  }

  /** Goes on with the folders whose turn it is. */
  #takeTurn(): void {
    this.#turn = (this.#turn + 1) % turns
    this.#dropped.say()
    // While Azure is away the batches rather grow than become many; a folder that has not been tried is tried.
    const waits = (folder: string) => this.#outage.isOn && !this.#isFull && this.#sender.isBusy(folder)
    this.#keepGathered((folder) => turnOf(folder) === this.#turn && !waits(folder))
    if (!this.#outage.isOn && !this.#closing.signal.aborted) this.#recovery.start()
  }

  #keepGathered(isWanted?: (folder: string) => boolean): void {
    for (const batch of this.#batches.take(isWanted)) this.#keep(batch)
  }

  get #isFull(): boolean {
    return this.#bytes > (this.#options.memoryMax ?? 8 * mebibyte)
  }

  /** Queues a batch for Azure while memory has room, else for the disk. */
  #keep(batch: Batch): void {
    if (this.#isFull) return this.#spillBatch(batch)
    const sending = this.#send(batch).finally(() => this.#sending.delete(sending))
    this.#sending.add(sending)
  }

  /** What cannot be sent any more, because the shipper closes, the disk has to take. */
  async #send(batch: Batch): Promise<void> {
    const fate = await this.#sender.send(batch)
    if (fate === 'left') return this.#spillBatch(batch)
    this.#hold(-batch.bytes)
    this.#count(batch, fate)
    this.#tally.add('settled', batch.lines)
  }

  /** What cannot be sent any more is on the disk already. */
  async #sendSpilled(batch: Batch): Promise<Fate> {
    this.#hold(batch.bytes)
    const fate = await this.#sender.send(batch)
    this.#hold(-batch.bytes)
    this.#count(batch, fate)
    return fate
  }

  /** Counts what of the memory is taken by lines that wait for Azure. */
  #hold(bytes: number): void {
    this.#bytes += bytes
    this.#tally.add('queuedBytes', bytes)
  }

  #count(batch: Batch, fate: Fate): void {
    if (fate === 'refused') this.#dropped.add(batch.lines)
    if (fate !== 'taken') return
    this.#tally.add('sent', batch.lines)
    // Azure has answered that it has it, so no call has it under way.
    batch.free()
  }

  #drop(lines: number): void {
    this.#dropped.add(lines)
    this.#tally.add('settled', lines)
  }

  #spillBatch(batch: Batch): void {
    // A disk that is too slow or hung must not fill the memory instead. At the end it is in memory anyway.
    if (this.#spillingBytes > spillingMax && !this.#closing.signal.aborted) {
      this.#hold(-batch.bytes)
      return this.#drop(batch.lines)
    }
    this.#bytes -= batch.bytes
    this.#spillingBytes += batch.bytes
    if (this.#toSpill.push(batch) === 1) this.#spilling = this.#writeToDisk()
  }

  /** With one write, however many batches there are by then. */
  async #writeToDisk(): Promise<void> {
    let batches: readonly Batch[] = []
    const kept = await this.#spill.write(() => (batches = this.#toSpill.splice(0))).catch(() => 0)
    this.#recovery.spilled()
    for (const [index, batch] of batches.entries()) {
      this.#spillingBytes -= batch.bytes
      this.#tally.add('queuedBytes', -batch.bytes)
      if (index < kept) this.#tally.add('settled', batch.lines)
      else this.#drop(batch.lines)
      // One that is left because the shipper closes may be in a call that is only just being given up.
      if (!this.#closing.signal.aborted) batch.free()
    }
  }
}
