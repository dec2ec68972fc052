import { expect, test } from 'vitest'
import { loginUrl } from './login.ts'

test('the login address carries the state where the broker echoes it from', () => {
  const url = new URL(
    loginUrl({
      loginUrl: 'https://kite.zerodha.com/connect/login',
      apiKey: 'key&1',
      redirectParams: { state: 'a=b&c d' },
    }),
  )
  expect(`${url.origin}${url.pathname}`).toBe('https://kite.zerodha.com/connect/login')
  expect(url.searchParams.get('v')).toBe('3')
  expect(url.searchParams.get('api_key')).toBe('key&1')
  expect(new URLSearchParams(url.searchParams.get('redirect_params') ?? '').get('state')).toBe('a=b&c d')
})

test('without parameters to echo there is no redirect_params', () => {
  expect(loginUrl({ loginUrl: 'http://127.0.0.1:4010/connect/login', apiKey: 'demo' })).toBe(
    'http://127.0.0.1:4010/connect/login?v=3&api_key=demo',
  )
})
