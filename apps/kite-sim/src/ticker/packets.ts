import type { Level } from '../market/depth.ts'
import type { Snapshot } from '../market/market.ts'

/** What a subscriber wants to know of an instrument. */
export type Mode = 'ltp' | 'quote' | 'full'

/** Reads a mode name. */
export const isMode = (value: unknown): value is Mode =>
  value === 'ltp' || value === 'quote' || value === 'full'

/** The longest packet of an instrument: 184 bytes, or 32 for an index. All shorter modes are its beginning. */
export function encodeFull(snapshot: Snapshot): Buffer {
  return snapshot.instrument.segment === 'INDICES' ? encodeIndex(snapshot) : encodeTradable(snapshot)
}

/** Length in bytes of a packet in a mode. */
export function packetLength(mode: Mode, isIndex: boolean): number {
  if (mode === 'ltp') return 8
  if (isIndex) return mode === 'quote' ? 28 : 32
  return mode === 'quote' ? 44 : 184
}

/** A frame: the number of packets, then each packet behind its length, all big-endian 16-bit. */
export function encodeFrame(packets: readonly Buffer[]): Buffer {
  const size = packets.reduce((sum, packet) => sum + 2 + packet.length, 2)
  const frame = Buffer.allocUnsafe(size)
  let at = frame.writeInt16BE(packets.length, 0)
  for (const packet of packets) {
    at = frame.writeInt16BE(packet.length, at)
    at += packet.copy(frame, at)
  }
  return frame
}

function encodeIndex(snapshot: Snapshot): Buffer {
  const { instrument, last, high, low, open, previousClose, second } = snapshot
  return words(32, [instrument.token, last, high, low, open, previousClose, last - previousClose, second])
}

function encodeTradable(snapshot: Snapshot): Buffer {
  const { instrument, last, lastQuantity, average, volume, depth, second, openInterest } = snapshot
  const { open, high, low, previousClose } = snapshot
  const traded = [last, lastQuantity, average, volume, total(depth.buy), total(depth.sell)]
  const today = [open, high, low, previousClose, second, openInterest, openInterest, openInterest]
  const packet = words(184, [instrument.token, ...traded, ...today, second])
  let at = 64
  for (const level of [...depth.buy, ...depth.sell]) {
    packet.writeInt32BE(level.quantity, at)
    packet.writeInt32BE(level.price, at + 4)
    packet.writeInt16BE(level.orders, at + 8)
    at += 12
  }
  return packet
}

const total = (levels: readonly Level[]): number => levels.reduce((sum, level) => sum + level.quantity, 0)

function words(length: number, values: readonly number[]): Buffer {
  const packet = Buffer.alloc(length)
  let at = 0
  for (const value of values) at = packet.writeInt32BE(value, at)
  return packet
}
