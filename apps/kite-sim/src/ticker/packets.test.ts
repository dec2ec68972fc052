import { expect, test } from 'vitest'
import type { Instrument } from '../market/instruments.ts'
import type { Snapshot } from '../market/market.ts'
import { encodeFrame, encodeFull, packetLength } from './packets.ts'

const share: Instrument = {
  token: 408_065,
  symbol: 'INFY',
  name: 'INFOSYS',
  exchange: 'NSE',
  segment: 'NSE',
  type: 'EQ',
  tickPaise: 10,
  lotSize: 1,
  expiry: '',
  basePaise: 1,
  walk: 'INFY',
  daysLeft: () => 0,
}
const snapshot: Snapshot = {
  instrument: share,
  second: 0x6922_0001,
  last: 0x0102_0304,
  lastQuantity: 5,
  average: 6,
  volume: 7,
  open: 8,
  high: 9,
  low: 10,
  previousClose: 11,
  openInterest: 12,
  depth: {
    buy: [1, 2, 3, 4, 5].map((one) => ({ quantity: one, price: 0x20 + one, orders: 0x30 + one })),
    sell: [6, 7, 8, 9, 10].map((one) => ({ quantity: one, price: 0x20 + one, orders: 0x30 + one })),
  },
}

test('a full packet is 184 bytes laid out as Kite documents', () => {
  const words = [
    '00063a01',
    '01020304',
    '00000005',
    '00000006',
    '00000007',
    '0000000f',
    '00000028',
    '00000008',
    '00000009',
    '0000000a',
    '0000000b',
    '69220001',
    '0000000c',
    '0000000c',
    '0000000c',
    '69220001',
  ]
  const depth = [
    '000000010000002100310000',
    '000000020000002200320000',
    '000000030000002300330000',
    '000000040000002400340000',
    '000000050000002500350000',
    '000000060000002600360000',
    '000000070000002700370000',
    '000000080000002800380000',
    '000000090000002900390000',
    '0000000a0000002a003a0000',
  ]
  const packet = encodeFull(snapshot)
  expect(packet).toHaveLength(184)
  expect(packet.toString('hex')).toBe([...words, ...depth].join(''))
})

test('an index packet is 32 bytes and tells a fall as a negative change', () => {
  const index = encodeFull({
    ...snapshot,
    instrument: { ...share, token: 256_265, segment: 'INDICES' },
    last: 3,
  })
  const words = [
    '0003e909',
    '00000003',
    '00000009',
    '0000000a',
    '00000008',
    '0000000b',
    'fffffff8',
    '69220001',
  ]
  expect(index.toString('hex')).toBe(words.join(''))
})

test('shorter modes are the beginnings of the full packet', () => {
  expect((['ltp', 'quote', 'full'] as const).map((mode) => packetLength(mode, false))).toEqual([8, 44, 184])
  expect((['ltp', 'quote', 'full'] as const).map((mode) => packetLength(mode, true))).toEqual([8, 28, 32])
})

test('a frame counts its packets and gives each its length', () => {
  expect(encodeFrame([Buffer.from('aabb', 'hex'), Buffer.from('cc', 'hex')]).toString('hex')).toBe(
    '0002' + '0002aabb' + '0001cc',
  )
})
