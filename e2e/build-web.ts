import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { freePorts } from '../scripts/ports.ts'
import { publishAddresses } from './addresses.ts'

/** Playwright's global set-up: chooses the ports of the run and builds the web app as production gets it. */
export default async function buildWeb(): Promise<() => Promise<void>> {
  const ports = await freePorts(4)
  const [apiPort = 0, serverPort = 0, webPort = 0, simPort = 0] = ports
  const webFolder = fileURLToPath(new URL(`../.data/e2e-web-${apiPort}`, import.meta.url))
  process.env['VITE_API_URL'] = `http://localhost:${apiPort}`
  await build({
    root: fileURLToPath(new URL('../apps/web', import.meta.url)),
    logLevel: 'warn',
    build: { outDir: webFolder, emptyOutDir: true, reportCompressedSize: false },
  })
  publishAddresses({ apiPort, serverPort, webPort, simPort, webFolder })
  return () => rm(webFolder, { recursive: true, force: true })
}
