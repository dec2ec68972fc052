import { expect, it, onTestFinished, vi } from 'vitest'
import { batchedByKey } from './batched-by-key.ts'

const lengths = (keys: readonly string[]) => new Map(keys.map((key) => [key, key.length] as const))

it('asks once for all keys of one turn, each once, and again in the next', async () => {
  const read = vi.fn(async (keys: readonly string[]) => lengths(keys.filter((key) => key !== 'none')))
  const find = batchedByKey(read)
  expect(await Promise.all([find('a'), find('bb'), find('none'), find('a')])).toEqual([1, 2, undefined, 1])
  expect(await find('a')).toBe(1)
  expect(read.mock.calls).toEqual([[['a', 'bb', 'none']], [['a']]])
})

it('never answers with what was asked for before: a call during a read is in the next', async () => {
  const first = Promise.withResolvers<ReadonlyMap<string, number>>()
  const read = vi
    .fn()
    .mockReturnValueOnce(first.promise)
    .mockResolvedValueOnce(new Map([['a', 2]]))
  const find = batchedByKey<number>(read)
  const before = find('a')
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(1))
  const after = find('a')
  expect(await after).toBe(2)
  first.resolve(new Map([['a', 1]]))
  expect(await before).toBe(1)
})

const turn = () => new Promise(setImmediate)

/** Reads of which the first goes on until it is `held` no more; time does not go on by itself. */
function holdFirstRead() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const held = Promise.withResolvers<ReadonlyMap<string, number>>()
  const read = vi.fn<(keys: readonly string[]) => Promise<ReadonlyMap<string, number>>>()
  read.mockImplementation(async (keys) => lengths(keys)).mockReturnValueOnce(held.promise)
  return { held, read, find: batchedByKey(read) }
}

it('asks for all that came during a read with one call, when that is over', async () => {
  const { held, read, find } = holdFirstRead()
  const before = find('a')
  await turn()
  const during = [find('bb')]
  await turn()
  during.push(find('ccc'))
  await turn()
  expect(read.mock.calls).toEqual([[['a']]])
  held.resolve(lengths(['a']))
  expect(await Promise.all([before, ...during])).toEqual([1, 2, 3])
  expect(read.mock.calls).toEqual([[['a']], [['bb', 'ccc']]])
})

it('does not wait for a read that takes long', async () => {
  const { read, find } = holdFirstRead()
  void find('a')
  await turn()
  const second = find('bb')
  await turn()
  expect(read).toHaveBeenCalledTimes(1)
  vi.runAllTimers()
  expect(await second).toBe(2)
})

it('fails for all that asked and for nobody after them', async () => {
  const read = vi
    .fn()
    .mockRejectedValueOnce(new Error('out'))
    .mockResolvedValueOnce(new Map([['a', 1]]))
  const find = batchedByKey<number>(read)
  const outcomes = await Promise.allSettled([find('a'), find('b')])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await find('a')).toBe(1)
})
