import { Tick, type RawFull } from './tick.ts'

/** What one binary message of the ticker held. */
export interface Frame {
  readonly ticks: readonly Tick[]
  /** Packets that could not be read, and at most one more for a frame that ends wrongly. */
  readonly malformed: number
}

const heartbeat: Frame = { ticks: [], malformed: 0 }
const currencyNse = 3
const currencyBse = 6

/**
 * Reads one binary message (https://kite.trade/docs/connect/v3/websocket/#message-structure): big-endian, a count, then
 * packets with their lengths. Nothing makes it throw: a packet of unknown size is skipped and counted, a length beyond
 * the end stops the reading, and a missing or surplus tail counts once. One byte is a heartbeat.
 */
export function parseFrame(bytes: Uint8Array): Frame {
  if (bytes.byteLength === 1) return heartbeat
  if (bytes.byteLength < 2) return { ticks: [], malformed: 1 }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = view.getInt16(0)
  const ticks: Tick[] = []
  let malformed = 0
  let at = 2
  for (let packet = 0; packet < count; packet += 1) {
    const length = at + 2 <= view.byteLength ? view.getInt16(at) : -1
    if (length < 0 || at + 2 + length > view.byteLength) return { ticks, malformed: malformed + 1 }
    const tick = readPacket(view, at + 2, length)
    if (tick === null) malformed += 1
    else ticks.push(tick)
    at += 2 + length
  }
  return { ticks, malformed: at === view.byteLength && count >= 0 ? malformed : malformed + 1 }
}

function readPacket(view: DataView, at: number, length: number): Tick | null {
  switch (length) {
    case 8:
      return new Tick(tokenAt(view, at), 'ltp', view.getInt32(at + 4), divisorAt(view, at))
    case 28:
    case 32:
      return readIndex(view, at, length)
    case 44:
    case 184:
      return readQuote(view, at, length)
    default:
      return null
  }
}

/** Token, last price, high, low, open, close, change, and in mode full the exchange time. */
function readIndex(view: DataView, at: number, length: number): Tick {
  const ohlc = {
    open: view.getInt32(at + 16),
    high: view.getInt32(at + 8),
    low: view.getInt32(at + 12),
    close: view.getInt32(at + 20),
  }
  const isFull = length === 32
  const seconds = isFull ? view.getUint32(at + 28) : 0
  const mode = isFull ? 'full' : 'quote'
  return new Tick(
    tokenAt(view, at),
    mode,
    view.getInt32(at + 4),
    divisorAt(view, at),
    ohlc,
    null,
    null,
    seconds,
  )
}

/** Token, last price, quantities, the day's prices, and in mode full the times, open interest and depth. */
function readQuote(view: DataView, at: number, length: number): Tick {
  const quote = {
    lastQuantity: view.getUint32(at + 8),
    averagePrice: view.getInt32(at + 12),
    volume: view.getUint32(at + 16),
    buyQuantity: view.getUint32(at + 20),
    sellQuantity: view.getUint32(at + 24),
  }
  const ohlc = {
    open: view.getInt32(at + 28),
    high: view.getInt32(at + 32),
    low: view.getInt32(at + 36),
    close: view.getInt32(at + 40),
  }
  const token = tokenAt(view, at)
  const price = view.getInt32(at + 4)
  const divisor = divisorAt(view, at)
  if (length === 44) return new Tick(token, 'quote', price, divisor, ohlc, quote)
  return new Tick(token, 'full', price, divisor, ohlc, quote, readFull(view, at), view.getUint32(at + 60))
}

function readFull(view: DataView, at: number): RawFull {
  const depth: number[] = []
  for (let row = at + 64; row < at + 184; row += 12) {
    depth.push(view.getUint32(row), view.getInt32(row + 4), view.getUint16(row + 8))
  }
  return {
    lastTradeTime: view.getUint32(at + 44),
    oi: view.getUint32(at + 48),
    oiHigh: view.getUint32(at + 52),
    oiLow: view.getUint32(at + 56),
    depth,
  }
}

function tokenAt(view: DataView, at: number): number {
  return view.getUint32(at)
}

/** The lowest byte of the token is the segment; every segment but the two of currencies counts in hundredths. */
function divisorAt(view: DataView, at: number): number {
  switch (view.getUint8(at + 3)) {
    case currencyNse:
      return 10_000_000
    case currencyBse:
      return 10_000
    default:
      return 100
  }
}
