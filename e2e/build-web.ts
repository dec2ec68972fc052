import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildWeb } from '../scripts/build-web.ts'
import { precompress } from '../scripts/precompress.ts'
import { freePorts } from '../scripts/ports.ts'
import { publishAddresses } from './addresses.ts'
import { secrets } from './secrets.ts'

/**
 * Playwright's global set-up: chooses the ports of the run and builds the web app as production gets it, once for an
 * API at another origin and once for an API that serves it.
 */
export default async function buildBoth(): Promise<() => Promise<void>> {
  const [apiPort = 0, serverPort = 0, webPort = 0, simPort = 0, ownPort = 0, ownSimPort = 0] =
    await freePorts(6)
  const folder = (name: string) => fileURLToPath(new URL(`../.data/e2e-${name}-${apiPort}`, import.meta.url))
  const [webFolder, ownWebFolder] = [folder('web'), folder('own-web')]
  // As where somebody builds on the server itself: nothing of this may find its way into what browsers get.
  Object.assign(process.env, secrets)
  await Promise.all([
    buildWeb({ folder: webFolder, apiUrl: `http://localhost:${apiPort}` }),
    buildWeb({ folder: ownWebFolder }).then(() => precompress(ownWebFolder)),
  ])
  publishAddresses({ apiPort, serverPort, webPort, simPort, webFolder, ownWebFolder, ownPort, ownSimPort })
  return async () => {
    await Promise.all([webFolder, ownWebFolder].map((path) => rm(path, { recursive: true, force: true })))
  }
}
