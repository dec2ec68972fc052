import type { Market, NewInstrument } from '@stratdesk/data/market'
import type { KiteClient } from '@stratdesk/kite/rest'
import type { Instrument } from '@stratdesk/kite/instruments'

const rowsPerBatch = 2_000
const refreshes = new WeakMap<Market, Promise<number>>()

/**
 * Reads the broker's instrument list into the database unless it was read to its end since `readSince`; returns how many were read.
 * Streamed, so that the 100,000 rows of a real list never stand in memory at once; calls at the same time share one.
 * Rejects with a KiteError when the list cannot be read: what was there stays.
 */
export function refreshInstruments(options: {
  readonly client: Pick<KiteClient, 'instruments'>
  readonly market: Market
  readonly readSince: Date
}): Promise<number> {
  const running = refreshes.get(options.market)
  if (running) return running
  const refresh = readList(options).finally(() => refreshes.delete(options.market))
  refreshes.set(options.market, refresh)
  return refresh
}

async function readList({
  client,
  market,
  readSince,
}: Parameters<typeof refreshInstruments>[0]): Promise<number> {
  const readAt = await market.instrumentsReadAt()
  if (readAt && readAt >= readSince) return 0
  const begun = new Date()
  let batch: NewInstrument[] = []
  let count = 0
  for await (const instrument of client.instruments()) {
    batch.push(rowOf(instrument))
    count += 1
    if (batch.length < rowsPerBatch) continue
    await market.upsertInstruments(batch)
    batch = []
  }
  if (batch.length > 0) await market.upsertInstruments(batch)
  // Last of all: a list that broke off, or came empty, does not count as read.
  if (count > 0) await market.noteInstrumentsRead(begun)
  return count
}

function rowOf(instrument: Instrument): NewInstrument {
  return {
    instrument_token: instrument.instrumentToken,
    exchange: instrument.exchange,
    tradingsymbol: instrument.tradingsymbol,
    name: instrument.name,
    segment: instrument.segment,
    instrument_type: instrument.instrumentType,
    lot_size: instrument.lotSize,
    tick_size: instrument.tickSize,
  }
}
