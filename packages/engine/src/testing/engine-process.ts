import { createPool } from '@stratdesk/data/pool'
import { createVault } from '@stratdesk/data/vault'
import { createEngine } from '../engine.ts'

/**
 * An engine in a process of its own, so that a test can kill it: forked with where to connect as JSON in its first
 * argument. Says `{ ready: true }` when it takes accounts; stops properly on SIGTERM.
 */
const { url, kiteApiUrl, kiteTickerUrl, checkpointMs, secret } = JSON.parse(process.argv[2] ?? '{}')
const pool = createPool({ url, max: 4 })
const quiet = () => {}
const say = (level: string) => (fields: object, message: string) => process.send?.({ level, message, fields })
const engine = createEngine({
  url,
  pool,
  kiteApiUrl,
  kiteTickerUrl,
  checkpointMs,
  vault: createVault({ sessionSecret: secret }),
  log: { debug: quiet, info: say('info'), warn: say('warn'), error: say('error') },
})
process.on('SIGTERM', () => {
  void engine
    .stop()
    .then(() => pool.end())
    .then(() => process.exit(0))
})
await engine.start()
process.send?.({ ready: true })
