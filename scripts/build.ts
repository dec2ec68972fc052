import { fileURLToPath } from 'node:url'
import { buildWeb } from './build-web.ts'
import { precompress } from './precompress.ts'

/** `pnpm build`: the web app, which the API serves in production, with compressed copies beside its files. The API itself needs no building. */
const folder = fileURLToPath(new URL('../apps/web/dist', import.meta.url))
await buildWeb({ folder })
await precompress(folder)
console.log(`The web app is in ${folder}. \`pnpm start\` serves it.`)
