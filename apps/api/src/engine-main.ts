import { createVault } from '@stratdesk/data/vault'
import { createEngine } from '@stratdesk/engine/engine'
import { openDatabase } from './database.ts'
import { readBuild } from './features/about/build.ts'
import { ServerRegistry } from './registry/server-registry.ts'
import { runProcess } from './run-process.ts'
import { sessionSecrets } from './secrets.ts'

/** `pnpm engine`: account actors alone, beside API processes with ENGINE=off or with actors of their own. */
await runProcess(async (config, log, closers) => {
  const secrets = await sessionSecrets(config)
  const { url, pool } = await openDatabase(config, log, closers)
  const vault = createVault({ credentialsKey: config.credentialsKeys, sessionSecret: secrets })
  const { commit } = await readBuild(config.dataDir)
  const { sessionStore } = config
  await ServerRegistry.join({ pool, log, role: 'engine', commit, secrets, sessionStore }, closers)
  const { apiUrl: kiteApiUrl, tickerUrl: kiteTickerUrl } = config.kite
  const engine = createEngine({ url, pool, vault, log, kiteApiUrl, kiteTickerUrl })
  closers.add(() => engine.stop())
  await engine.start()
  return {}
})
