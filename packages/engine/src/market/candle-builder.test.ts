import { expect, test } from 'vitest'
import { CandleBuilder } from './candle-builder.ts'

const at = (text: string) => Date.parse(`2020-01-01T${text}Z`)

test('ticks become 5-second and 1-minute candles that begin on the clock', () => {
  const candles = new CandleBuilder()
  candles.add(1, '100', at('10:00:03'))
  candles.add(1, '102.5', at('10:00:04'))
  candles.add(1, '99', at('10:00:07'))

  expect(candles.takeChanged()).toEqual([
    {
      instrumentToken: 1,
      interval: '5s',
      time: new Date(at('10:00:00')),
      open: '100',
      high: '102.5',
      low: '100',
      close: '102.5',
    },
    {
      instrumentToken: 1,
      interval: '1m',
      time: new Date(at('10:00:00')),
      open: '100',
      high: '102.5',
      low: '99',
      close: '99',
    },
    {
      instrumentToken: 1,
      interval: '5s',
      time: new Date(at('10:00:05')),
      open: '99',
      high: '99',
      low: '99',
      close: '99',
    },
  ])
})

test('only what changed since the last time is given', () => {
  const candles = new CandleBuilder()
  candles.add(1, '100', at('10:00:03'))
  candles.takeChanged()
  expect(candles.takeChanged()).toEqual([])

  candles.add(1, '9.5', at('10:00:04'))
  expect(candles.takeChanged().map(({ interval, low }) => [interval, low])).toEqual([
    ['5s', '9.5'],
    ['1m', '9.5'],
  ])
})

test('instruments do not mix, and a late tick does not reopen an older candle', () => {
  const candles = new CandleBuilder()
  candles.add(1, '100', at('10:00:10'))
  candles.add(2, '7', at('10:00:10'))
  candles.add(1, '500', at('10:00:01'))

  const fives = candles.takeChanged().filter(({ interval }) => interval === '5s')
  expect(fives.map(({ instrumentToken, high }) => [instrumentToken, high])).toEqual([
    [1, '100'],
    [2, '7'],
  ])
})

test('a late tick of the current candle widens it and leaves its close', () => {
  const candles = new CandleBuilder()
  candles.add(1, '100', at('10:00:03'))
  candles.add(1, '90', at('10:00:02'))
  expect(candles.takeChanged()).toMatchObject([
    { interval: '5s', high: '100', low: '90', close: '100' },
    { interval: '1m', high: '100', low: '90', close: '100' },
  ])
})

test('candles that are put back come again, unless they have changed since', () => {
  const candles = new CandleBuilder()
  candles.add(1, '100', at('10:00:03'))
  const lost = candles.takeChanged()
  candles.add(1, '101', at('10:00:06'))
  candles.putBack(lost)
  expect(candles.takeChanged().map(({ interval, time, close }) => [interval, time.getTime(), close])).toEqual(
    [
      ['5s', at('10:00:05'), '101'],
      ['1m', at('10:00:00'), '101'],
      ['5s', at('10:00:00'), '100'],
    ],
  )
})
