import fc from 'fast-check'
import { Parser } from 'pg-protocol/dist/parser.js'
import { expect, test } from 'vitest'
import { fastParser } from './fast-client.ts'

/** What Postgres sends for a row: code, length, column count, and each column behind its length, -1 for a null. */
function messageOf(columns: readonly (string | null)[]): Buffer {
  const parts = columns.flatMap((column) => {
    const text = Buffer.from(column ?? '')
    return [int32(column === null ? -1 : text.length), text]
  })
  const body = Buffer.concat([Buffer.of(columns.length >> 8, columns.length & 255), ...parts])
  return Buffer.concat([Buffer.from('D'), int32(body.length + 4), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const commandComplete = Buffer.concat([Buffer.from('C'), int32(13), Buffer.from('SELECT 1\0')])

/** The messages of a parser that gets the bytes in chunks of this size. */
function messagesOf(parser: Parser, bytes: Buffer, chunk: number): unknown[] {
  const messages: unknown[] = []
  const take = (message: { name: string; fields?: unknown; text?: unknown }) =>
    messages.push([message.name, message.fields, message.text])
  for (let at = 0; at < bytes.length; at += chunk)
    parser.parse(Buffer.from(bytes.subarray(at, at + chunk)), take)
  return messages
}

const column = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 100, maxLength: 400 }),
)

test('rows are read as pg reads them, whatever is in them and however they arrive', () => {
  const rows = fc.array(fc.array(column, { maxLength: 20 }), { maxLength: 12 })
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 3_000 }), (all, chunk) => {
      const bytes = Buffer.concat([...all.map(messageOf), commandComplete])
      expect(messagesOf(fastParser(), bytes, chunk)).toEqual(messagesOf(new Parser(), bytes, chunk))
    }),
    { numRuns: 300 },
  )
})

test('a row of more than 64 KiB, and one of no columns', () => {
  const bytes = Buffer.concat([messageOf(['x'.repeat(200_000), '₹', null, '']), messageOf([])])
  expect(messagesOf(fastParser(), bytes, 4096)).toEqual([
    ['dataRow', ['x'.repeat(200_000), '₹', null, ''], undefined],
    ['dataRow', [], undefined],
  ])
})
