import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listeningOf } from '../apps/api/src/testing/listening-of.ts'
import { signInOverHttp } from '../apps/api/src/testing/sign-in-over-http.ts'

/** A folder of the test's own for temporary files, so that what the demo leaves behind can be seen. */
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stratdesk-demo-test-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Stratdesk</title>')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Starts `pnpm demo` on a web app that is built already; resolves when it says that it is ready. */
async function startDemo() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('demo.ts', import.meta.url)), '--verbose'], {
    env: { PATH: process.env['PATH'], TMPDIR: folder, WEB_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = once(child, 'exit')
  const ready = Promise.withResolvers<void>()
  child.stderr.on('data', (text: Buffer) => (output += text.toString()))
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString()
    if (output.includes('Ctrl-C stops everything')) ready.resolve()
  })
  void ended.then(() => ready.reject(new Error(`The demo did not start:\n${output}`)))
  await ready.promise
  const [address = ''] = /http:\/\/localhost:\d+/.exec(output) ?? []
  const [, simPort = ''] = /kite-sim listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output) ?? []
  return { child, ended, address, simUrl: `http://127.0.0.1:${simPort}` }
}

async function isThere(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => true,
    () => false,
  )
}

it('serves the web app and lets both demo users in as production does, and leaves nothing behind', async () => {
  const { child, ended, address, simUrl } = await startDemo()
  try {
    // All of it: the server, the simulated broker and Postgres. Linux only, where the system tells.
    if (process.platform === 'linux') {
      const listening = listeningOf(child.pid ?? 0)
      const ports = new Set(listening.map(({ port }) => port))
      expect(ports.size).toBeGreaterThanOrEqual(3)
      for (const url of [address, simUrl]) expect(ports).toContain(Number(new URL(url).port))
      expect(listening.filter(({ isLoopback }) => !isLoopback)).toEqual([])
    }
    const page = await fetch(address)
    expect(await page.text()).toContain('Stratdesk')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const id of ['UK9394', 'UK1234']) {
      const place = { apiUrl: address, simUrl, webOrigin: address }
      const cookie = await signInOverHttp(place, id)
      const session = await fetch(`${address}/api/session`, { headers: { cookie } })
      expect(await session.json()).toMatchObject({ brokerId: id })
    }
    await expect(signInOverHttp({ apiUrl: address, simUrl, webOrigin: address }, 'UK0001')).rejects.toThrow(
      'Not signed in',
    )
  } finally {
    child.kill('SIGINT')
  }
  expect(await ended).toEqual([0, null])
  expect([await isThere(address), await isThere(simUrl)]).toEqual([false, false])
  expect(await readdir(folder)).toEqual(['index.html'])
}, 60_000)
