import { expect, test } from 'vitest'
import { countLines } from './csv-download.ts'

test('counts the line ends of a chunk, wherever it was cut', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  expect(countLines(bytes('id,net\r\n1,2\r\n3,'))).toBe(2)
  expect(countLines(bytes('\n'))).toBe(1)
  expect(countLines(bytes('half a row'))).toBe(0)
  expect(countLines(bytes(''))).toBe(0)
})
