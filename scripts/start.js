import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `pnpm start`: the server in production, with what the environment and then `.env` say. In JavaScript, because to strip types
 * Node loads a compiler that takes 11 MiB, and needs it for nothing else once the rest is in the compile cache.
 */
process.env['NODE_ENV'] = 'production'
const settings = fileURLToPath(new URL('../.env', import.meta.url))
if (existsSync(settings)) process.loadEnvFile(settings)
// Types are stripped and modules compiled once, not at each start of each worker. A folder that cannot be written is no harm.
enableCompileCache(join(process.env['DATA_DIR'] || '.data', 'compile-cache'))
const { holdYoungGeneration } = await import('../apps/api/src/young-generation.ts')
// Until the server is ready.
holdYoungGeneration()
await import('../apps/api/src/main.ts')
