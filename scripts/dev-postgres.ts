import { PortTakenError, startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { serveParent } from './child.ts'
import { badSettings } from './dev-settings.ts'
import { portTaken } from './ports.ts'

/** Runs the embedded Postgres as a process of its own: `node dev-postgres.ts DIR PORT`. */
const [dir = '', text = '0'] = process.argv.slice(2)
const port = Number(text)
await serveParent(async () => {
  try {
    const postgres = await startEmbeddedPostgres({ dir, port })
    return { url: postgres.url, stop: () => postgres.stop() }
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error
    console.error(portTaken({ what: 'Postgres', port, variable: 'EMBEDDED_PG_PORT' }))
    process.exit(badSettings)
  }
})
