import type { TickEvent } from '@stratdesk/contracts/events'

/** Postgres takes 8,000 bytes a notification; the broker_id goes in front. */
const bytesMax = 7_500

/** The payloads of a tick event as JSON: one, or as many as it takes to keep each below 7.5 kB. */
export function tickPayloads(event: TickEvent): string[] {
  const text = JSON.stringify(event)
  if (Buffer.byteLength(text) <= bytesMax) return [text]
  return halves(event).flatMap(tickPayloads)
}

function halves(event: TickEvent): TickEvent[] {
  const { at, prices, runs } = event
  if (prices.length > 0 && runs.length > 0) {
    return [
      { at, prices, runs: [] },
      { at, prices: [], runs },
    ]
  }
  const list = prices.length > 0 ? prices : runs
  const middle = Math.ceil(list.length / 2)
  // One item is never over the limit: names and numbers are short.
  return prices.length > 0
    ? [
        { at, prices: prices.slice(0, middle), runs },
        { at, prices: prices.slice(middle), runs },
      ]
    : [
        { at, prices, runs: runs.slice(0, middle) },
        { at, prices, runs: runs.slice(middle) },
      ]
}
