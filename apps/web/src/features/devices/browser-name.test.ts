import { expect, test } from 'vitest'
import { browserName, isPhone } from './browser-name.ts'

const edge =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0'
const pixel =
  'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0 Mobile Safari/537.36'
const safari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15'

test('a browser is named by what it is, not by what it claims to be like', () => {
  expect(browserName(edge)).toBe('Edge 146')
  expect(browserName(pixel)).toBe('Chrome 146')
  expect(browserName(safari)).toBe('Safari 26')
  expect(browserName('Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0')).toBe(
    'Firefox 153',
  )
  expect(browserName('')).toBe('Unknown browser')
})

test('a phone is told from a desktop', () => {
  expect(isPhone(pixel)).toBe(true)
  expect(isPhone(edge)).toBe(false)
})
