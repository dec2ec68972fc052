import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppendBlobClient, ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startAzurite } from '../../testing/azurite.ts'
import { LogShipper } from './log-shipper.ts'

let azurite: Awaited<ReturnType<typeof startAzurite>>
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())

let spillDir: string
let container: ContainerClient
let told: string[]
const shippers: LogShipper[] = []
let turn = 0
beforeEach(async () => {
  spillDir = await mkdtemp(join(tmpdir(), 'stratdesk-spill-'))
  container = azurite.container(`logs-${(turn += 1)}`)
  told = []
})
afterEach(async () => {
  azurite.resume()
  if (azurite.isStopped) await azurite.start()
  for (const shipper of shippers.splice(0)) await shipper.close(100)
  await rm(spillDir, { recursive: true, force: true })
})

function ship(options: Partial<ConstructorParameters<typeof LogShipper>[0]> = {}): LogShipper {
  const shipper = new LogShipper({
    container,
    writer: 'desk-1',
    spillDir,
    everyMs: 10,
    pauseMaxMs: 1000,
    tell: (_level, facts, message) => void told.push(`${message} ${JSON.stringify(facts)}`),
    ...options,
  })
  shippers.push(shipper)
  return shipper
}

const line = (n: number, brokerId?: string) =>
  `${JSON.stringify({ level: 30, n, brokerId, msg: 'answered' })}\n`

/** Every blob's numbers, by the blob's name. */
async function stored(): Promise<Record<string, number[]>> {
  const blobs: Record<string, number[]> = {}
  for await (const { name } of container.listBlobsFlat()) {
    const text = (await container.getBlobClient(name).downloadToBuffer()).toString()
    blobs[name] = text
      .split('\n')
      .filter(Boolean)
      .map((one) => JSON.parse(one).n)
  }
  return blobs
}

const allStored = async () =>
  Object.values(await stored())
    .flat()
    .toSorted((a, b) => a - b)
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
const sent = (shipper: LogShipper, count: number) =>
  vi.waitFor(() => expect(shipper.counts.sent).toBe(count), { timeout: 15_000, interval: 20 })

describe('log lines', () => {
  it('go into a folder of their account and day, in a container that is made when it is missing', async () => {
    const shipper = ship({ now: () => Date.parse('2026-11-23T23:59:59.999Z') })
    shipper.write(line(0))
    shipper.write(line(1, 'UK9394'))
    shipper.write(line(2, 'UK1234'))
    shipper.write(line(3, 'UK9394'))
    shipper.write(line(4, '../UK1234'))
    await sent(shipper, 5)
    expect(await stored()).toEqual({
      '_system/2026-11-23/desk-1-1.ndjson': [0, 4],
      'UK1234/2026-11-23/desk-1-1.ndjson': [2],
      'UK9394/2026-11-23/desk-1-1.ndjson': [1, 3],
    })
  })

  it('go into the folder of the day that they were written on, also when they come after midnight', async () => {
    const midnight = Date.parse('2026-11-24T00:00:00Z')
    const shipper = ship({ now: () => midnight + 80 })
    const written = (n: number, time: number, brokerId: string) =>
      `${JSON.stringify({ level: 30, time, n, brokerId, msg: 'answered' })}\n`
    shipper.write(written(0, midnight - 1, 'UK9394') + written(1, midnight, 'UK9394'))
    shipper.write(written(2, midnight - 1, 'UK1234'))
    await sent(shipper, 3)
    expect(await stored()).toEqual({
      'UK1234/2026-11-23/desk-1-1.ndjson': [2],
      'UK9394/2026-11-23/desk-1-1.ndjson': [0],
      'UK9394/2026-11-24/desk-1-1.ndjson': [1],
    })
  })

  it('that name an account only in their words belong to the server', async () => {
    const shipper = ship()
    shipper.write(`${JSON.stringify({ n: 0, msg: 'they sent "brokerId":"UK9394"' })}\n`)
    await sent(shipper, 1)
    expect(Object.keys(await stored())[0]).toMatch(/^_system\//)
  })

  it('begin another blob when one is full', async () => {
    const shipper = ship({ blobLimits: { blocksMax: 2, bytesMax: 10_000 } })
    for (const n of upTo(5)) {
      shipper.write(line(n))
      await sent(shipper, n + 1)
    }
    const blobs = await stored()
    expect(Object.values(blobs)).toEqual([[0, 1], [2, 3], [4]])
    expect(Object.keys(blobs).map((name) => name.slice(-8))).toEqual(['1.ndjson', '2.ndjson', '3.ndjson'])
  })

  it('are appended once when the reply to a call is lost', async () => {
    const shipper = ship()
    shipper.write(line(0))
    await sent(shipper, 1)
    const real = AppendBlobClient.prototype.appendBlock
    const append = vi.spyOn(AppendBlobClient.prototype, 'appendBlock').mockImplementationOnce(async function (
      this: AppendBlobClient,
      ...args: Parameters<typeof real>
    ) {
      await real.apply(this, args)
      throw new Error('the reply was lost')
    })
    shipper.write(line(1))
    await sent(shipper, 2)
    expect(append).toHaveBeenCalledTimes(2)
    append.mockRestore()
    expect(await allStored()).toEqual([0, 1])
  })

  it('wait in memory while Azure is away, and are all there, once, when it is back', async () => {
    const shipper = ship()
    shipper.write(line(0, 'UK9394'))
    await sent(shipper, 1)
    await azurite.stop()
    for (const n of upTo(2000).slice(1)) shipper.write(line(n, n % 2 ? 'UK9394' : 'UK1234'))
    await vi.waitFor(() => expect(told).toHaveLength(1))
    expect(told[0]).toMatch(/Azure does not take the log; it is kept and sent later. It does not answer/)
    await azurite.start()
    await sent(shipper, 2000)
    expect(await allStored()).toEqual(upTo(2000))
    expect(told[1]).toMatch(/Azure takes the log again/)
  })

  it('go to disk when memory is full, and from there to Azure', async () => {
    const shipper = ship({ memoryMax: 20_000 })
    await azurite.stop()
    for (const n of upTo(20_000)) shipper.write(line(n, 'UK9394'))
    await vi.waitFor(async () => expect((await readdir(spillDir)).length).toBeGreaterThan(0))
    expect(shipper.counts.queuedBytes).toBeLessThan(2_000_000)
    await azurite.start()
    await vi.waitFor(async () => expect(await readdir(spillDir)).toEqual([]), {
      timeout: 20_000,
      interval: 50,
    })
    await sent(shipper, 20_000)
    expect(await allStored()).toEqual(upTo(20_000))
    expect(shipper.counts.dropped).toBe(0)
  })

  it('that neither memory nor disk can hold are counted, and the count is said', async () => {
    const shipper = ship({ memoryMax: 20_000, spillMax: 500_000 })
    await azurite.stop()
    for (const n of upTo(30_000)) shipper.write(line(n))
    await vi.waitFor(() => expect(shipper.counts.dropped).toBeGreaterThan(0))
    await azurite.start()
    await vi.waitFor(() => expect(shipper.counts.sent + shipper.counts.dropped).toBe(30_000), {
      timeout: 20_000,
      interval: 50,
    })
    await vi.waitFor(() =>
      expect(told.join('\n')).toMatch(/log lines were dropped: no room for them, or refused {"dropped":\d+}/),
    )
    expect(await allStored()).toHaveLength(shipper.counts.sent)
  })

  it('of a folder that Azure refuses for ever hold up no others, are counted, and are taken when it relents', async () => {
    const create = AppendBlobClient.prototype.createIfNotExists
    const refusing = vi.spyOn(AppendBlobClient.prototype, 'createIfNotExists')
    refusing.mockImplementation(function (this: AppendBlobClient, options) {
      if (!this.name.startsWith('UK9394/')) return create.call(this, options)
      return Promise.reject(Object.assign(new Error('Refused'), { statusCode: 409 }))
    })
    const shipper = ship({ pauseMaxMs: 20 })
    shipper.write(line(0, 'UK9394'))
    let n = 0
    await vi.waitFor(
      () => {
        shipper.write(line((n += 1), 'UK1234'))
        expect(shipper.counts.dropped).toBe(1)
      },
      { timeout: 10_000, interval: 20 },
    )
    await sent(shipper, n)
    expect(told.filter((one) => one.includes('refuses a folder'))).toHaveLength(1)
    refusing.mockRestore()
    shipper.write(line(n + 1, 'UK9394'))
    await sent(shipper, n + 1)
    expect(await allStored()).toEqual(upTo(n + 2).slice(1))
  })

  it('that others have left on disk take their share of its room', async () => {
    await writeFile(join(spillDir, 'desk-0-1.spill'), 'x'.repeat(450_000))
    const shipper = ship({ memoryMax: 20_000, spillMax: 500_000 })
    await azurite.stop()
    for (const n of upTo(4000)) shipper.write(line(n))
    await vi.waitFor(() => expect(shipper.counts.dropped).toBeGreaterThan(0))
    const sizes = (await readdir(spillDir)).map(async (name) => (await stat(join(spillDir, name))).size)
    expect((await Promise.all(sizes)).reduce((sum, size) => sum + size)).toBeLessThanOrEqual(500_000)
  })

  it('are sent when the process ends; what a hung Azure does not take is sent by the next process', async () => {
    const shipper = ship({ everyMs: 60_000 })
    for (const n of upTo(10)) shipper.write(line(n))
    await shipper.close()
    expect(await allStored()).toEqual(upTo(10))

    const second = ship({ writer: 'desk-2' })
    await azurite.stop()
    for (const n of upTo(20).slice(10)) second.write(line(n))
    await second.close(200)
    const [left = ''] = await readdir(spillDir)
    await azurite.start()
    const third = ship({ writer: 'desk-3' })
    third.write(line(20))
    await sent(third, 1)
    // As long as it looks as if its process were writing to it, it is left alone.
    expect(await readdir(spillDir)).toEqual([left])
    const longAgo = new Date(Date.now() - 10 * 60_000)
    await utimes(join(spillDir, left), longAgo, longAgo)
    await sent(third, 11)
    expect(await allStored()).toEqual(upTo(21))
  })

  it('never wait for a hung Azure, and memory stays bounded', async () => {
    const shipper = ship({ memoryMax: 1_000_000, spillMax: 100_000_000 })
    shipper.write(line(0))
    await sent(shipper, 1)
    azurite.pause()
    for (const n of upTo(100_000).slice(1)) shipper.write(line(n))
    expect(shipper.counts.queuedBytes).toBeLessThan(10_000_000)
    azurite.resume()
    await sent(shipper, 100_000)
    expect(await allStored()).toEqual(upTo(100_000))
  })

  it('are kept when the key is wrong, and the operator is told what to look at', async () => {
    const wrong = new StorageSharedKeyCredential(
      azurite.account,
      Buffer.from('another key').toString('base64'),
    )
    const shipper = ship({
      container: new ContainerClient(container.url, wrong, { retryOptions: { maxTries: 1 } }),
    })
    shipper.write(line(0))
    await vi.waitFor(() => expect(told.join('\n')).toMatch(/AZURE_BLOB_STORAGE_KEY/))
    expect(shipper.counts).toMatchObject({ sent: 0, dropped: 0 })
  })
})
