import { startEmbeddedPostgres } from '../embedded-postgres.ts'

// A process that starts Postgres in the directory of its argument and is then killed by the test that started it.
const [, , dir = ''] = process.argv
const server = await startEmbeddedPostgres({ dir, port: 0 })
process.on('SIGUSR2', () => process.exit())
process.stdout.write(`${server.url}\n`)
setInterval(() => undefined, 60_000)
