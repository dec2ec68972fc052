import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { constants, getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { startAzurite } from '../../testing/azurite.ts'
import { type ShipperData, ShipperThread } from './shipper-thread.ts'
import { Tally } from './tally.ts'

let azurite: Awaited<ReturnType<typeof startAzurite>>
let spillDir: string
let told: { readonly facts: object; readonly message: string }[]
let workers: { readonly worker: Worker; readonly tally: Tally }[]
let shipper: ShipperThread | undefined
let turn = 0
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())
beforeEach(async () => {
  turn += 1
  spillDir = await mkdtemp(join(tmpdir(), 'stratdesk-spill-'))
  told = []
  workers = []
})
afterEach(async () => {
  if (azurite.isStopped) await azurite.start()
  await shipper?.close(100)
  await rm(spillDir, { recursive: true, force: true })
})

const real = (workerData: ShipperData) =>
  new Worker(new URL('shipper-worker.ts', import.meta.url), { workerData })
const broken = () => new Worker('throw new Error("It cannot start")', { eval: true })

/** Starts shipping in threads that the test can end. */
function ship(start: (data: ShipperData) => Worker = real): ShipperThread {
  const { account: accountName, key: storageKey, endpoint } = azurite
  shipper = new ShipperThread(
    {
      azure: { accountName, storageKey, endpoint, containerName: `logs-${turn}` },
      writer: 'desk-1',
      spillDir,
    },
    (_level, facts, message) => void told.push({ facts, message }),
    {
      pauseMs: 10,
      start: (data) => {
        const worker = start(data)
        workers.push({ worker, tally: new Tally(data.memory) })
        return worker
      },
    },
  )
  return shipper
}

const line = (n: number, words = 'answered') =>
  `${JSON.stringify({ level: 30, n, brokerId: n % 2 ? 'UK9394' : 'UK1234', msg: words })}\n`
const write = (from: number, to: number, words?: string) => {
  for (let n = from; n < to; n += 1) shipper?.write(line(n, words))
}
const sent = (lines: number) =>
  vi.waitFor(() => expect(shipper?.counts.sent).toBe(lines), { timeout: 30_000, interval: 20 })
const restarted = (times: number) =>
  vi.waitFor(() => expect(shipper?.counts.restarts).toBeGreaterThanOrEqual(times), { timeout: 30_000 })
const failures = () => told.filter(({ message }) => message.includes('thread that sends the log'))

/** The numbers of both brokers' lines, each as often as it is there. */
async function stored(): Promise<number[]> {
  const numbers: number[] = []
  const container = azurite.container(`logs-${turn}`)
  for await (const { name } of container.listBlobsFlat()) {
    const text = (await container.getBlobClient(name).downloadToBuffer()).toString()
    for (const one of text.split('\n').filter(Boolean)) {
      expect(name.startsWith(`${JSON.parse(one).brokerId}/`)).toBe(true)
      numbers.push(JSON.parse(one).n)
    }
  }
  return numbers.toSorted((a, b) => a - b)
}

/** Waits until nothing goes to disk any more: for longer than the shipper leaves between two looks, nothing has changed. */
async function untilStill(): Promise<void> {
  let [last, since] = ['', performance.now()]
  await vi.waitFor(
    async () => {
      const files = await readdir(spillDir)
      const sizes = await Promise.all(files.map(async (file) => (await stat(join(spillDir, file))).size))
      const settled = workers.at(-1)?.tally.get('settled')
      const now = JSON.stringify([shipper?.counts, settled, sizes])
      if (now !== last) [last, since] = [now, performance.now()]
      expect(performance.now() - since).toBeGreaterThan(2500)
    },
    { timeout: 30_000, interval: 50 },
  )
}

it('a thread that dies is replaced, and exactly what was in its memory is counted and said', async () => {
  ship()
  write(0, 10)
  await sent(10)
  await azurite.stop()
  write(10, 30)
  const [first] = workers
  await vi.waitFor(() => expect(first?.tally.get('queuedBytes')).toBe(20 * line(10).length))
  await first?.worker.terminate()
  expect(shipper?.counts).toMatchObject({ written: 30, sent: 10, dropped: 20, queuedBytes: 0 })
  expect(failures()).toEqual([expect.objectContaining({ facts: expect.objectContaining({ lost: 20 }) })])
  write(30, 40)
  await azurite.start()
  await sent(20)
  expect(shipper?.counts).toMatchObject({ written: 40, dropped: 20, restarts: 1 })
  expect(await stored()).toEqual([...Array(10).keys(), ...Array.from({ length: 10 }, (_, n) => 30 + n)])
}, 60_000)

it('what a dead thread had put on the disk its successor sends, once, and all lines are accounted for', async () => {
  ship()
  await azurite.stop()
  const lines = 6000
  write(0, lines, 'x'.repeat(3000))
  await vi.waitFor(async () => expect(await readdir(spillDir)).not.toEqual([]), { timeout: 20_000 })
  // What a death interrupts while it goes to disk counts as lost and may be sent after all.
  await untilStill()
  await workers[0]?.worker.terminate()
  const dropped = shipper?.counts.dropped ?? 0
  expect(dropped).toBeGreaterThan(0)
  expect(dropped).toBeLessThan(lines)
  await azurite.start()
  await sent(lines - dropped)
  await vi.waitFor(async () => expect(await readdir(spillDir)).toEqual([]))
  expect(shipper?.counts).toMatchObject({ sent: lines - dropped, dropped, queuedBytes: 0 })
  const numbers = await stored()
  expect([numbers.length, new Set(numbers).size]).toEqual([lines - dropped, lines - dropped])
}, 60_000)

it.runIf(process.platform === 'linux')(
  'it alone of all threads of the process comes after those that answer requests',
  async () => {
    // Threads of tests before may not be gone yet, and some end while they are looked at.
    const before = new Set(await readdir('/proc/self/task'))
    ship()
    write(0, 10)
    await sent(10)
    const threads = (await readdir('/proc/self/task')).filter((thread) => !before.has(thread))
    const niceness = threads.map(async (thread) => {
      const stat = await readFile(`/proc/self/task/${thread}/stat`, 'utf8').catch(() => '')
      // Behind the name, which may hold spaces: field 3 on; nice is field 19 (man proc_pid_stat).
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
    })
    const lowered = (await Promise.all(niceness)).filter((nice) => nice > getPriority())
    expect(lowered).toEqual([constants.priority.PRIORITY_BELOW_NORMAL])
    expect(await stored()).toEqual([...Array(10).keys()])
  },
  60_000,
)

it('a thread that cannot start is tried again after longer and longer pauses, and no line is lost meanwhile', async () => {
  let starts = 0
  ship((data) => ((starts += 1) <= 3 ? broken() : real(data)))
  write(0, 10)
  await restarted(2)
  write(10, 20)
  await sent(20)
  expect(failures().map(({ facts }) => facts)).toEqual(
    [10, 20, 40].map((againInMs) => expect.objectContaining({ lost: 0, againInMs })),
  )
  expect(shipper?.counts).toMatchObject({ dropped: 0, restarts: 3 })
  expect(await stored()).toEqual([...Array(20).keys()])
}, 60_000)

it('lines that wait for a thread that cannot start are bounded, counted, and given up at the end', async () => {
  ship(broken)
  write(0, 3000, 'x'.repeat(4000))
  expect(shipper?.counts.queuedBytes).toBeLessThan(9 * 1024 ** 2)
  expect(shipper?.counts.dropped).toBeGreaterThan(500)
  await restarted(3)
  await shipper?.close()
  expect(shipper?.counts).toMatchObject({ written: 3000, sent: 0, dropped: 3000, queuedBytes: 0 })
}, 60_000)

it('an end that comes between two threads sends what waits for the next one', async () => {
  let starts = 0
  ship((data) => ((starts += 1) === 1 ? broken() : real(data)))
  write(0, 10)
  await vi.waitFor(() => expect(failures()).toHaveLength(1))
  await shipper?.close(30_000)
  expect(await stored()).toEqual([...Array(10).keys()])
}, 60_000)
