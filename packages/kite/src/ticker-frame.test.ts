import { expect, test } from 'vitest'
import { parseFrame } from './ticker-frame.ts'

/** Bytes written by hand from the layout of the documentation; spaces and line breaks are for the reader. */
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/\s+/g, ''), 'hex'))

const infy = '00063a01' // 408065, segment 01: NSE
const nifty = '0003e909' // 256265, segment 09: indices

const quoteBody = `${infy}
  000227ef 00000005 000223c5 00124f80 0000c350 ffffffff
  00021f34 00022ab8 00021b4c 000219bc`

const full = `${quoteBody}
  6924b0d8 00000bb8 00000fa0 000007d0 6924b0da
  00000064 000227e5 0003 0000  00000065 000227db 0004 0000  00000066 000227d1 0005 0000
  00000067 000227c7 0006 0000  00000068 000227bd ffff 0000
  000000c8 000227f9 0001 0000  000000c9 00022803 0002 0000  000000ca 0002280d 0003 0000
  000000cb 00022817 0004 0000  00000000 00000000 0000 0000`

test('a packet of 8 bytes is a last price and nothing else', () => {
  const { ticks, malformed } = parseFrame(bytes(`0001 0008 ${infy} 000227ef`))
  expect(malformed).toBe(0)
  const [tick] = ticks
  expect(tick).toMatchObject({ instrumentToken: 408065, mode: 'ltp', lastPriceUnits: 141295, divisor: 100 })
  expect(tick).toMatchObject({
    lastPrice: '1412.95',
    exchangeTime: null,
    ohlc: null,
    depth: null,
    volume: null,
    oi: null,
  })
})

test('a packet of 28 bytes is an index with the prices of its day', () => {
  const [tick] = parseFrame(
    bytes(`0001 001c ${nifty} 002536a4 00254e14 00251f34 00252f0b 00253b54 fffffb50`),
  ).ticks
  expect(tick).toMatchObject({
    instrumentToken: 256265,
    mode: 'quote',
    lastPrice: '24388.2',
    volume: null,
    exchangeTime: null,
  })
  expect(tick?.ohlc).toEqual({ open: '24368.75', high: '24448.2', low: '24328.2', close: '24400.2' })
})

test('a packet of 32 bytes is an index with the time of the exchange', () => {
  const [tick] = parseFrame(
    bytes(`0001 0020 ${nifty} 002536a4 00254e14 00251f34 00252f0b 00253b54 fffffb50 6924b0da`),
  ).ticks
  expect(tick).toMatchObject({ mode: 'full', lastPrice: '24388.2', depth: null })
  expect(tick?.exchangeTime?.toISOString()).toBe('2025-11-24T19:24:10.000Z')
})

test('a packet of 44 bytes is a quote, its quantities without a sign', () => {
  const [tick] = parseFrame(bytes(`0001 002c ${quoteBody}`)).ticks
  expect(tick).toMatchObject({
    mode: 'quote',
    lastPrice: '1412.95',
    averagePrice: '1402.29',
    volume: 1_200_000,
    oi: null,
  })
  expect(tick?.rawQuote).toMatchObject({ lastQuantity: 5, buyQuantity: 50_000, sellQuantity: 4_294_967_295 })
  expect(tick?.ohlc).toEqual({ open: '1390.6', high: '1420.08', low: '1380.6', close: '1376.6' })
  expect(tick?.depth).toBeNull()
})

test('a packet of 184 bytes has times, open interest and ten rows of depth', () => {
  const { ticks, malformed } = parseFrame(bytes(`0001 00b8 ${full}`))
  expect(malformed).toBe(0)
  const [tick] = ticks
  expect(tick).toMatchObject({ mode: 'full', lastPrice: '1412.95', oi: 3000 })
  expect(tick?.rawFull).toMatchObject({ oiHigh: 4000, oiLow: 2000 })
  expect(tick?.lastTradeTime?.toISOString()).toBe('2025-11-24T19:24:08.000Z')
  expect(tick?.exchangeTime?.toISOString()).toBe('2025-11-24T19:24:10.000Z')
  expect(tick?.depth?.buy).toEqual([
    { quantity: 100, price: '1412.85', orders: 3 },
    { quantity: 101, price: '1412.75', orders: 4 },
    { quantity: 102, price: '1412.65', orders: 5 },
    { quantity: 103, price: '1412.55', orders: 6 },
    { quantity: 104, price: '1412.45', orders: 65_535 },
  ])
  expect(tick?.depth?.sell[0]).toEqual({ quantity: 200, price: '1413.05', orders: 1 })
  expect(tick?.depth?.sell[4]).toEqual({ quantity: 0, price: '0', orders: 0 })
})

test('each segment has its divisor', () => {
  const price = (segment: string) =>
    parseFrame(bytes(`0001 0008 000001${segment} 31b9b857`)).ticks[0]?.lastPrice
  for (const segment of ['01', '02', '04', '05', '07', '09']) expect(price(segment)).toBe('8342549.35')
  expect(price('03')).toBe('83.4254935')
  expect(price('06')).toBe('83425.4935')
})

test('one frame may mix lengths, and may begin anywhere in a larger buffer', () => {
  const frame = bytes(`0003 0008 ${infy} 000227ef 002c ${quoteBody} 00b8 ${full}`)
  const within = new Uint8Array(frame.length + 7)
  within.set(frame, 3)
  const { ticks, malformed } = parseFrame(within.subarray(3, 3 + frame.length))
  expect(ticks.map((tick) => tick.mode)).toEqual(['ltp', 'quote', 'full'])
  expect(malformed).toBe(0)
})

test('one byte is a heartbeat, and an empty count is an empty frame', () => {
  expect(parseFrame(bytes('00'))).toEqual({ ticks: [], malformed: 0 })
  expect(parseFrame(bytes('0000'))).toEqual({ ticks: [], malformed: 0 })
})

test.each([
  ['no bytes at all', '', 0],
  ['a negative count', 'ffff', 0],
  ['a negative count before good packets', `ffff 0008 ${infy} 000227ef`, 0],
  ['a count over nothing', '0001', 0],
  ['half a length', '0001 00', 0],
  ['a negative length', `0001 fff8 ${infy} 000227ef`, 0],
  ['a length beyond the end', `0002 0008 ${infy} 000227ef 0008 ${infy} 0002`, 1],
  ['trailing bytes', `0001 0008 ${infy} 000227ef 00`, 1],
  [
    'an unknown size between good packets',
    `0003 0008 ${infy} 000227ef 0009 ${infy} 0002 27ef 00 0008 ${infy} 000227ef`,
    2,
  ],
  ['a packet of no bytes', `0002 0000 0008 ${infy} 000227ef`, 1],
])('%s is counted once and what is good is kept', (_, hex, kept) => {
  const { ticks, malformed } = parseFrame(bytes(hex))
  expect(ticks.map((tick) => tick.lastPrice)).toEqual(Array<string>(kept).fill('1412.95'))
  expect(malformed).toBe(1)
})

test('no bytes make it throw or invent more ticks than fit', () => {
  let state = 20_260_423
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31)
  const lengths = [0, 1, 2, 8, 28, 32, 44, 184, 200]
  for (let round = 0; round < 20_000; round += 1) {
    const frame = new Uint8Array(next() % 500).map(() => next() >> 8)
    // Half of the frames get a plausible beginning, so that the reading goes deep.
    if (round % 2 === 0)
      frame.set([0, next() % 6, 0, lengths[next() % lengths.length] ?? 0].slice(0, frame.length))
    const { ticks, malformed } = parseFrame(frame)
    expect(ticks.length * 10).toBeLessThanOrEqual(frame.length)
    expect(malformed).toBeGreaterThanOrEqual(0)
    for (const tick of ticks)
      expect([tick.lastPrice, tick.ohlc, tick.depth, tick.exchangeTime]).toHaveLength(4)
  }
})

test('a frame cut anywhere keeps the whole packets before the cut and counts one more as malformed', () => {
  const whole = bytes(`0002 0008 ${infy} 000227ef 00b8 ${full}`)
  for (let end = 2; end < whole.length; end += 1) {
    const { ticks, malformed } = parseFrame(whole.subarray(0, end))
    expect(ticks).toHaveLength(end >= 12 ? 1 : 0)
    expect(malformed).toBe(1)
  }
})
