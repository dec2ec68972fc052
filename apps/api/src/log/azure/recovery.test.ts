import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppendBlobClient, type ContainerClient } from '@azure/storage-blob'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startAzurite } from '../../testing/azurite.ts'
import { LogShipper } from './log-shipper.ts'

let azurite: Awaited<ReturnType<typeof startAzurite>>
let spillDir: string
let container: ContainerClient
beforeAll(async () => {
  azurite = await startAzurite()
  container = azurite.container('recovered')
  spillDir = await mkdtemp(join(tmpdir(), 'stratdesk-spill-'))
})
afterAll(async () => {
  await azurite.close()
  await rm(spillDir, { recursive: true, force: true })
})

const ship = (writer: string, spillMax: number) =>
  new LogShipper({ container, writer, spillDir, spillMax, everyMs: 10, tell: () => {} })

/** Appends to this account's blobs are taken by nobody and answered by nobody. */
function hang(brokerId: string) {
  const real = AppendBlobClient.prototype.appendBlock
  return vi.spyOn(AppendBlobClient.prototype, 'appendBlock').mockImplementation(function (
    this: AppendBlobClient,
    ...args: Parameters<typeof real>
  ) {
    if (!this.name.startsWith(brokerId)) return real.apply(this, args)
    const { promise, reject } = Promise.withResolvers<never>()
    args[2]?.abortSignal?.addEventListener('abort', () => reject(new Error('given up')))
    return promise
  })
}

async function stored(): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {}
  for await (const { name } of container.listBlobsFlat()) {
    const text = (await container.getBlobClient(name).downloadToBuffer()).toString()
    const numbers = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).n]))
    const [brokerId = ''] = name.split('/')
    found[brokerId] = [...(found[brokerId] ?? []), ...numbers]
  }
  return found
}

it('what was on the disk stays there, however full it is, when the process ends before it is sent', async () => {
  const count = 2000
  const folders = ['UK9394/2026-11-23', 'UK1234/2026-11-23']
  const lines = Array.from({ length: count }, (_, n) => `${folders[n % 2]} ${JSON.stringify({ n })}\n`)
  const left = join(spillDir, 'desk-0-1.spill')
  await writeFile(left, lines.join(''))
  const { size } = await stat(left)
  const longAgo = new Date(Date.now() - 10 * 60_000)
  await utimes(left, longAgo, longAgo)

  const hung = hang('UK1234')
  const first = ship('desk-1', size)
  await vi.waitFor(() => expect(first.counts.sent).toBe(count / 2), { timeout: 15_000 })
  await first.close(50)
  hung.mockRestore()
  expect(first.counts).toMatchObject({ sent: count / 2, dropped: 0 })

  for (const name of await readdir(spillDir)) await utimes(join(spillDir, name), longAgo, longAgo)
  const second = ship('desk-2', size)
  await vi.waitFor(() => expect(second.counts.sent).toBe(count / 2), { timeout: 15_000 })
  await vi.waitFor(async () => expect(await readdir(spillDir)).toEqual([]))
  await second.close()
  const every = Array.from({ length: count }, (_, n) => n)
  expect(await stored()).toEqual({
    UK9394: every.filter((n) => n % 2 === 0),
    UK1234: every.filter((n) => n % 2 === 1),
  })
})
