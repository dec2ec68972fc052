import { expect, test } from 'vitest'
import { mintBrokerId } from './broker-id.ts'
import { uuidv7 } from './uuid.ts'

test.each(['UK9394', 'AB', 'ABCDEFGHIJ123456'])('%s is a broker id', (text) => {
  expect(mintBrokerId(text)).toBe(text)
})

test.each(['', 'A', 'uk9394', 'UK 94', 'UK9394\n', 'ABCDEFGHIJ1234567', "UK'--", 'ÜK9394'])(
  '%j is not a broker id',
  (text) => {
    expect(() => mintBrokerId(text)).toThrow('Not a broker id')
  },
)

test('ids are distinct and sort in the order they were made', () => {
  const ids = Array.from({ length: 10_000 }, uuidv7)
  expect(new Set(ids).size).toBe(ids.length)
  expect(
    ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
  ).toBe(true)
  expect(ids.toSorted().join() === ids.join()).toBe(true)
})
