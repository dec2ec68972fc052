import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/server.ts'
import { readBuild, readProof } from './build.ts'

const commit = 'c0ffee'
const proof = {
  at: '2026-11-23T06:00:00.000Z',
  commit,
  dirty: false,
  long: false,
  ok: true,
  proofs: [{ name: 'D schema law', cases: 12, seconds: 1.5, ok: true }],
}

let dir: string
let server: TestServer
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'stratdesk-about-'))
  server = await startTestServer({ build: { commit, readProof: () => readProof(dir, commit) } })
})
afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true })
})

it('tells both accounts what runs here, and nobody who is not signed in', async () => {
  for (const user of ['UK9394', 'UK1234']) {
    const response = await (await server.signIn(user)).get('/api/about')
    expect(response.statusCode).toBe(200)
    expect(response.json()).toMatchObject({ version: '0.0.0', commit, node: process.version, proof: null })
  }
  expect((await server.browser().get('/api/about')).statusCode).toBe(401)
})

it('shows the last proof of this very commit, and none of another or that cannot be read', async () => {
  const browser = await server.signIn('UK9394')
  const shown = async () => (await browser.get('/api/about')).json<{ proof: unknown }>().proof
  const file = path.join(dir, 'proof.json')
  await writeFile(file, JSON.stringify(proof))
  expect(await shown()).toEqual(proof)
  await writeFile(file, JSON.stringify({ ...proof, commit: 'decaf' }))
  expect(await shown()).toBeNull()
  await writeFile(file, JSON.stringify(proof).slice(0, 40))
  expect(await shown()).toBeNull()
  await writeFile(file, JSON.stringify({ ...proof, ok: 'yes' }))
  expect(await shown()).toBeNull()
})

it('knows the commit it runs from', async () => {
  expect((await readBuild(dir)).commit).toMatch(/^[0-9a-f]{40}$/)
})
