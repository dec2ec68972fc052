import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerClient } from '@azure/storage-blob'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startAzurite } from '../../testing/azurite.ts'
import { startLateAzure } from '../../testing/late-azure.ts'
import { BlobLog } from './blob-log.ts'
import { LogShipper } from './log-shipper.ts'

let azurite: Awaited<ReturnType<typeof startAzurite>>
let late: Awaited<ReturnType<typeof startLateAzure>>
let container: ContainerClient
let turn = 0
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())
beforeEach(async () => {
  late = await startLateAzure(azurite)
  container = late.container(`late-${(turn += 1)}`)
})
afterEach(() => late.close())

const open = new AbortController().signal
const first = 'UK9394/log-1.ndjson'

async function stored(): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const { name } of container.listBlobsFlat()) {
    found[name] = (await container.getBlobClient(name).downloadToBuffer()).toString()
  }
  return found
}

/** Two brokers' folders, each with a first block; the second one of UK9394 was given up, and is late. */
async function twoLogs(lateMs = 60_000) {
  const limits = { blocksMax: 100, bytesMax: 1000, lateMs }
  const logs = {
    UK9394: new BlobLog(container, 'UK9394/log', limits),
    UK1234: new BlobLog(container, 'UK1234/log', limits),
  }
  for (const log of Object.values(logs)) await log.append(Buffer.from('0\n'), open)
  late.hold()
  await expect(logs.UK9394.append(Buffer.from('1\n'), open)).rejects.toThrow()
  return logs
}

/** What a shipper says while a call of UK9394 is late, until both brokers' lines are in Azure. */
async function toldOfLateCall(): Promise<readonly string[]> {
  const spillDir = await mkdtemp(join(tmpdir(), 'stratdesk-late-'))
  const told: string[] = []
  const tell = (_level: string, _facts: object, message: string) => void told.push(message)
  const shipper = new LogShipper({ container, writer: 'log', spillDir, tell, everyMs: 10, pauseMaxMs: 20 })
  const write = async (brokerId: string, n: number, sent: number) => {
    shipper.write(`${JSON.stringify({ n, brokerId })}\n`)
    await vi.waitFor(() => expect(shipper.counts.sent).toBe(sent), { timeout: 10_000 })
  }
  try {
    await write('UK9394', 0, 1)
    const [blob] = Object.keys(await stored())
    const lease = container.getBlobClient(blob ?? '').getBlobLeaseClient()
    // Sent again the block is refused, while the late call may still append it.
    await lease.acquireLease(-1)
    late.hold()
    shipper.write(`${JSON.stringify({ n: 1, brokerId: 'UK9394' })}\n`)
    await vi.waitFor(() => expect(late.refused).toBeGreaterThan(1), { timeout: 10_000 })
    await write('UK1234', 0, 2)
    const refused = late.refused
    await write('UK1234', 1, 3)
    await vi.waitFor(() => expect(late.refused).toBeGreaterThan(refused + 2), { timeout: 10_000 })
    await lease.releaseLease()
    await write('UK1234', 2, 5)
    return told
  } finally {
    await shipper.close()
    await rm(spillDir, { recursive: true })
  }
}

describe('a block whose call was given up', () => {
  it('is no outage: what is told of is the broken call alone', async () => {
    expect(await toldOfLateCall()).toEqual([
      'Azure does not take the log; it is kept and sent later. It does not answer.',
      'Azure takes the log again',
    ])
  })

  it('is appended once when the call arrives after the block was sent again', async () => {
    const { UK9394, UK1234 } = await twoLogs()
    for (const log of [UK9394, UK1234]) await log.append(Buffer.from('1\n'), open)
    expect(await late.deliver()).toBe(412)
    await UK9394.append(Buffer.from('2\n'), open)
    expect(await stored()).toEqual({ [first]: '0\n1\n2\n', 'UK1234/log-1.ndjson': '0\n1\n' })
  })

  it('is appended once when the call arrives after the blob has refused it the second time', async () => {
    const { UK9394, UK1234 } = await twoLogs()
    const lease = container.getBlobClient(first).getBlobLeaseClient()
    await lease.acquireLease(-1)
    await expect(UK9394.append(Buffer.from('1\n'), open)).rejects.toThrow('may still append')
    await UK1234.append(Buffer.from('1\n'), open)
    await lease.releaseLease()
    expect(await late.deliver()).toBe(201)
    for (const lines of ['1\n', '2\n']) await UK9394.append(Buffer.from(lines), open)
    expect(await stored()).toEqual({ [first]: '0\n1\n2\n', 'UK1234/log-1.ndjson': '0\n1\n' })
  })

  it('goes into the next blob when the call can arrive no more: by time', async () => {
    const { UK9394, UK1234 } = await twoLogs(0)
    await container.getBlobClient(first).getBlobLeaseClient().acquireLease(-1)
    for (const log of [UK9394, UK1234]) await log.append(Buffer.from('1\n'), open)
    expect(await stored()).toEqual({
      [first]: '0\n',
      'UK9394/log-2.ndjson': '1\n',
      'UK1234/log-1.ndjson': '0\n1\n',
    })
  })

  it('goes into the next blob when the call can arrive no more: because the blob has grown', async () => {
    const { UK9394, UK1234 } = await twoLogs()
    await container.getAppendBlobClient(first).appendBlock('theirs\n', 7)
    for (const log of [UK9394, UK1234]) await log.append(Buffer.from('1\n'), open)
    expect(await late.deliver()).toBe(412)
    expect(await stored()).toEqual({
      [first]: '0\ntheirs\n',
      'UK9394/log-2.ndjson': '1\n',
      'UK1234/log-1.ndjson': '0\n1\n',
    })
  })
})
