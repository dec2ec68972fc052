import { setTimeout as delay } from 'node:timers/promises'
import { ShipperThread } from '../../apps/api/src/log/azure/shipper-thread.ts'
import { lineOf, lines } from './answer-lines.ts'

/**
 * The process of `logLines`: writes a million lines, twenty-five thousand a second, as the logger of a server does; says `half`
 * in the middle, `written` at the end and, when none waits any more, its counts and the most memory it took.
 */
const burst = 10_000
const everyMs = 400

const [settings = ''] = process.argv.slice(2)
const tell = (...told: unknown[]) => console.error(JSON.stringify(told))
const shipper = new ShipperThread(JSON.parse(settings), tell)
const begun = performance.now()
for (let from = 0; from < lines; from += burst) {
  if (from === lines / 2) console.log('half')
  for (let n = from; n < from + burst; n += 1) shipper.write(lineOf(n))
  await delay(Math.max(0, begun + (from / burst + 1) * everyMs - performance.now()))
}
console.log('written')
while (shipper.counts.sent + shipper.counts.dropped < lines) await delay(50)
const { sent, dropped } = shipper.counts
console.log(JSON.stringify({ sent, dropped, peakKib: process.resourceUsage().maxRSS }))
await shipper.close(1000)
