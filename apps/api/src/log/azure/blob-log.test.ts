import { AppendBlobClient, type ContainerClient } from '@azure/storage-blob'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startAzurite } from '../../testing/azurite.ts'
import { BlobLog } from './blob-log.ts'

let azurite: Awaited<ReturnType<typeof startAzurite>>
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())

let container: ContainerClient
let turn = 0
beforeEach(() => {
  container = azurite.container(`blobs-${(turn += 1)}`)
})
afterEach(() => void vi.restoreAllMocks())

const open = new AbortController().signal

/** Two brokers' folders, each with a first block. */
async function twoLogs() {
  const logs = { UK9394: new BlobLog(container, 'UK9394/log'), UK1234: new BlobLog(container, 'UK1234/log') }
  for (const log of Object.values(logs)) await log.append(Buffer.from('0\n'), open)
  return logs
}

async function stored(): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const { name } of container.listBlobsFlat()) {
    found[name] = (await container.getBlobClient(name).downloadToBuffer()).toString()
  }
  return found
}

const appendBlock = AppendBlobClient.prototype.appendBlock

/** Has appends answered with a status, of the blobs whose name matches. */
function refuse(names: RegExp, statusCode: number) {
  return vi.spyOn(AppendBlobClient.prototype, 'appendBlock').mockImplementation(function (
    this: AppendBlobClient,
    ...args: Parameters<typeof appendBlock>
  ) {
    if (!names.test(this.name)) return appendBlock.apply(this, args)
    return Promise.reject(Object.assign(new Error('Refused'), { statusCode }))
  })
}

/** What can befall a blob that we write to, on the storage itself. */
const mishaps = {
  'is replaced by one of another kind': async (name: string) => {
    await container.getBlobClient(name).delete()
    await container.getBlockBlobClient(name).upload('theirs', 6)
  },
  'is leased to somebody': async (name: string) =>
    void (await container.getBlobClient(name).getBlobLeaseClient().acquireLease(-1)),
  'is written to by somebody': async (name: string) =>
    void (await container.getAppendBlobClient(name).appendBlock('theirs', 6)),
  'is deleted': async (name: string) => void (await container.getBlobClient(name).delete()),
}

describe.each(Object.entries(mishaps))('a blob that %s', (_mishap, befall) => {
  it('is left for the next one, in the same call and for its folder alone', async () => {
    const { UK9394, UK1234 } = await twoLogs()
    await befall('UK9394/log-1.ndjson')
    for (const log of [UK9394, UK1234, UK9394]) await log.append(Buffer.from('1\n'), open)
    expect(await stored()).toMatchObject({
      'UK9394/log-2.ndjson': '1\n1\n',
      'UK1234/log-1.ndjson': '0\n1\n',
    })
  })
})

describe.each([400, 403, 409, 413])('a blob whose appends are answered with %i', (status) => {
  it('is left for the next one, in the same call and for its folder alone', async () => {
    const { UK9394, UK1234 } = await twoLogs()
    refuse(/^UK9394\/log-1/, status)
    for (const log of [UK9394, UK1234]) await log.append(Buffer.from('1\n'), open)
    expect(await stored()).toEqual({
      'UK1234/log-1.ndjson': '0\n1\n',
      'UK9394/log-1.ndjson': '0\n',
      'UK9394/log-2.ndjson': '1\n',
    })
  })
})

it('a folder of which every blob refuses is not filled with empty ones, and goes on in the last when it relents', async () => {
  const { UK9394 } = await twoLogs()
  const refusing = refuse(/^UK9394/, 409)
  for (let count = 0; count < 10; count += 1)
    await expect(UK9394.append(Buffer.from('1\n'), open)).rejects.toThrow('Refused')
  expect(Object.keys(await stored())).toHaveLength(5)
  refusing.mockRestore()
  await UK9394.append(Buffer.from('1\n'), open)
  expect(await stored()).toMatchObject({ 'UK9394/log-1.ndjson': '0\n', 'UK9394/log-4.ndjson': '1\n' })
})

it('a block whose reply was lost is not appended to the next blob when this one refuses from then on', async () => {
  const { UK9394, UK1234 } = await twoLogs()
  vi.spyOn(AppendBlobClient.prototype, 'appendBlock').mockImplementationOnce(async function (
    this: AppendBlobClient,
    ...args: Parameters<typeof appendBlock>
  ) {
    await appendBlock.apply(this, args)
    throw new Error('the reply was lost')
  })
  await expect(UK9394.append(Buffer.from('1\n'), open)).rejects.toThrow('the reply was lost')
  refuse(/^UK9394\/log-1/, 409)
  for (const log of [UK9394, UK1234, UK9394]) await log.append(Buffer.from('1\n'), open)
  expect(await stored()).toEqual({
    'UK1234/log-1.ndjson': '0\n1\n',
    'UK9394/log-1.ndjson': '0\n1\n',
    'UK9394/log-2.ndjson': '1\n',
  })
})

it.each([401, 408, 429, 500, 503])('an answer of %i is not the blob’s fault', async (status) => {
  const { UK9394 } = await twoLogs()
  const refusing = refuse(/^UK9394/, status)
  await expect(UK9394.append(Buffer.from('1\n'), open)).rejects.toThrow('Refused')
  refusing.mockRestore()
  await UK9394.append(Buffer.from('1\n'), open)
  expect(await stored()).toEqual({ 'UK1234/log-1.ndjson': '0\n', 'UK9394/log-1.ndjson': '0\n1\n' })
})
