import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'

/** Azurite's account, the same in every copy of it. */
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** A blob storage of the tests' own, on a free port and a folder that goes with it. */
export async function startAzurite() {
  const folder = await mkdtemp(join(tmpdir(), 'stratdesk-azurite-'))
  const file = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  let port = '0'
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const args = ['--blobHost', '127.0.0.1', '--blobPort', port, '--location', folder]
    const flags = ['--silent', '--skipApiVersionCheck', '--disableTelemetry']
    const started = spawn(process.execPath, [file, ...args, ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = started
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    let said = ''
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec((said += text))?.[1]
      if (found) resolve(found)
    })
    started.once('exit', () => reject(new Error(`Azurite ended: ${said}`)))
    port = await promise
  }
  await start()

  return {
    get endpoint() {
      return `http://127.0.0.1:${port}/${account}`
    },
    /** Its process id, until it is started again. */
    get pid() {
      return child?.pid ?? 0
    },
    account,
    key,
    get isStopped() {
      return child === undefined || child.exitCode !== null || child.signalCode !== null
    },
    container: (name: string) => containerAt(`http://127.0.0.1:${port}/${account}/${name}`),
    /** Starts it again on the same port with the same blobs. */
    start,
    /** Ends it; its blobs are kept, as they would not be when it is killed. */
    async stop() {
      if (this.isStopped) return
      child?.kill('SIGTERM')
      if (child) await once(child, 'exit')
    },
    /** It takes connections and never answers, until `resume`. */
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async close() {
      child?.kill('SIGCONT')
      await this.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function containerAt(url: string): ContainerClient {
  return new ContainerClient(url, new StorageSharedKeyCredential(account, key), {
    retryOptions: { maxTries: 1 },
  })
}
