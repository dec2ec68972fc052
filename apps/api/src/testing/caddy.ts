import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePorts } from '../../../../scripts/ports.ts'
import { onPath } from './on-path.ts'

const caddyfile = fileURLToPath(new URL('../../../../deploy/Caddyfile', import.meta.url))

/** What to say where there is no Caddy: unlike Redis it is not installed, because its package starts it at port 80. */
export const caddyMissing = 'caddy is not on PATH, so deploy/Caddyfile was not tried: apt-get install caddy'

/** Undefined where there is no Caddy on PATH. */
export const caddyProgram = (): string | undefined => onPath('caddy')

/** Chooses the ports, so that a server can be told its address before Caddy is started in front of it. */
export async function planCaddy() {
  const [http = 0, https = 0, app = 0] = await freePorts(3)
  return { http, https, app, url: `https://localhost:${https}`, plainUrl: `http://localhost:${http}` }
}

/**
 * Starts Caddy with deploy/Caddyfile as it is, at these ports of loopback, with certificates of an authority of its own;
 * resolves when it has made that and listens, which may take 15 seconds. Of a Caddy that did not start nothing is left.
 */
export async function startCaddy(
  program: string,
  ports: Awaited<ReturnType<typeof planCaddy>>,
  patienceMs = 15_000,
) {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'stratdesk-caddy-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'Caddyfile')
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    SITE_ADDRESS: 'localhost',
    APP: `127.0.0.1:${ports.app}`,
  }
  await writeFile(file, settings(ports))
  const args = ['--config', file, '--adapter', 'caddyfile']
  // What it objects to is in its output, which the error has.
  await promisify(execFile)(program, ['validate', ...args], { env })
  const deadline = performance.now() + patienceMs
  const child = spawn(program, ['run', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', (text: Buffer) => (output += text.toString()))
  const ended = once(child, 'exit')
  opened.defer(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const root = join(folder, 'caddy/pki/authorities/local/root.crt')
  // It says nothing when it is ready, and may make its certificate before it listens.
  const mayGoOn = (lacking: string) => () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`Caddy ended:\n${output}`)
    if (performance.now() > deadline) throw new Error(`Caddy ${lacking} in time:\n${output}`)
  }
  const certificate = await untilRead(root, mayGoOn('made no certificate'))
  for (const port of [ports.http, ports.https]) await untilListening(port, mayGoOn('did not listen'))
  const started = opened.move()
  return {
    /** The certificate of its authority, for those who are to trust it. */
    certificate,
    stop: () => started.disposeAsync(),
  }
}

const settings = ({ http, https }: { readonly http: number; readonly https: number }) => `{
	admin off
	http_port ${http}
	https_port ${https}
	default_bind 127.0.0.1
	skip_install_trust
}
import ${caddyfile}
`

async function untilListening(port: number, mayGoOn: () => void): Promise<void> {
  while (!(await canConnect(port))) {
    mayGoOn()
    await delay(20)
  }
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function untilRead(file: string, mayGoOn: () => void): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text.includes('-----END CERTIFICATE-----')) return text
    mayGoOn()
    await delay(20)
  }
}
