import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** `pnpm start`: the server in production, with what the environment and then `.env` say. */
process.env['NODE_ENV'] = 'production'
const settings = fileURLToPath(new URL('../.env', import.meta.url))
if (existsSync(settings)) process.loadEnvFile(settings)
await import('../apps/api/src/main.ts')
