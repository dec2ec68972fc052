import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startKiteSim } from './app.ts'

const file = fileURLToPath(new URL('main.ts', import.meta.url))
const run = (env: Record<string, string>) =>
  spawn(process.execPath, [file], { env: { PATH: process.env['PATH'], KITE_SIM_PORT: '0', ...env } })

test.each(['SIGINT', 'SIGTERM'] as const)('it says where it listens, and %s ends it well', async (signal) => {
  const child = run({ KITE_SIM_SPEED: '0', KITE_SIM_START: '2026-11-23T05:00:00Z' })
  const [line] = await once(child.stdout, 'data')
  const url = /^kite-sim listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(String(line))?.[1]
  const clock = await fetch(`${url}/sim/clock`)
  expect(await clock.json()).toEqual({ speed: 0, now: '2026-11-23T05:00:00Z' })
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a taken port is one line that names port and variable', async () => {
  const sim = await startKiteSim()
  const { port } = new URL(sim.url)
  expect(await failure({ KITE_SIM_PORT: port })).toEqual([
    78,
    `kite-sim: port ${port} is taken; set KITE_SIM_PORT to a free one\n`,
  ])
  await sim.close()
})

test('a setting at fault is one line that names its variable', async () => {
  expect(await failure({ KITE_SIM_SPEED: '-1' })).toEqual([78, 'kite-sim: KITE_SIM_SPEED cannot be "-1"\n'])
})

test('it ends when its parent is gone, and tells it first that it is ready', async () => {
  const child = fork(file, { env: { PATH: process.env['PATH'], KITE_SIM_PORT: '0' }, silent: true })
  const [message] = await once(child, 'message')
  expect(message).toEqual({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })
  const exited = once(child, 'exit')
  child.disconnect()
  expect(await exited).toEqual([0, null])
})

/** Exit code and everything on stderr of a start that fails. */
async function failure(env: Record<string, string>): Promise<[number | null, string]> {
  const child = run(env)
  const lines: string[] = []
  child.stderr.on('data', (text) => lines.push(String(text)))
  const [code] = await once(child, 'close')
  return [code, lines.join('')]
}
