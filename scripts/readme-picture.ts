import { copyFile, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** `pnpm picture`: makes the dashboard of the last journeys (`pnpm test --e2e`) the README's picture. */
const from = fileURLToPath(new URL('../e2e/screens/dashboard-1440-light.png', import.meta.url))
const to = fileURLToPath(new URL('../docs/images/dashboard.png', import.meta.url))
await mkdir(fileURLToPath(new URL('../docs/images', import.meta.url)), { recursive: true })
await copyFile(from, to)
console.log('docs/images/dashboard.png is the newest dashboard.')
