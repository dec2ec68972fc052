import { expect, test } from 'vitest'
import { endReason } from './end-reason.ts'

const asked = 'Stopped from Chrome on Linux'

test.each([
  ['Stopped', null, 'Stopped'],
  ['Stopped', asked, asked],
  ['Stopped, positions closed', asked, `${asked}, positions closed`],
  ['Stopped, position left open: long 10 X', asked, `${asked}, position left open: long 10 X`],
  ['Stopped before it started', asked, `${asked} before it started`],
  ['The strategy failed: it broke', null, 'The strategy failed: it broke'],
  ['The strategy failed: it broke', asked, 'The strategy failed: it broke (stopped from Chrome on Linux)'],
])('%s, asked by %s', (reason, by, words) => {
  expect(endReason(reason, by)).toBe(words)
})
