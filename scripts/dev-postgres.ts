import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { serveParent } from './child.ts'

/** Runs the embedded Postgres as a process of its own: `node dev-postgres.ts DIR PORT`. */
const [dir = '', port = '0'] = process.argv.slice(2)
await serveParent(async () => {
  const postgres = await startEmbeddedPostgres({ dir, port: Number(port) })
  return { url: postgres.url, stop: () => postgres.stop() }
})
