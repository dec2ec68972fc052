import { expect, test } from 'vitest'
import { winShare } from './win-share.ts'

test('is a share in per cent, and unknown without trades', () => {
  expect(winShare(5, 8)).toBe('62.5 %')
  expect(winShare(0, 3)).toBe('0.0 %')
  expect(winShare(0, 0)).toBeNull()
})
