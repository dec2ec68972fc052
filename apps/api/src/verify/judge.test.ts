import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { judgeCookies } from './cookies.ts'
import { weakness } from '../secret-weakness.ts'
import { policyFaults } from './headers.ts'
import { Site } from './site.ts'
import { checkTransport, judgeHsts } from './transport.ts'

test('HSTS has to be there, for a year', () => {
  expect(judgeHsts('max-age=31536000; includeSubDomains').result).toBe('ok')
  for (const value of [null, '', 'max-age=0', 'max-age=86400', 'includeSubDomains']) {
    expect(judgeHsts(value).result).toBe('fault')
  }
})

test('plain http is a fault anywhere but on this machine', async () => {
  const results = async (url: string) =>
    (await checkTransport(new Site(new URL(url)))).map(({ result }) => result)
  expect(await results('http://desk.example.com')).toEqual(['fault'])
  expect(await results('http://127.0.0.1:8080')).toEqual(['not tried', 'not tried', 'not tried'])
})

test('over https a cookie has to be Secure and bound to its host', () => {
  const judge = (cookie: string) => judgeCookies('Cookies', [cookie], true)
  expect(judge('__Host-session=x; Path=/; HttpOnly; Secure; SameSite=Lax').result).toBe('ok')
  expect(judge('__Host-session=x; Path=/; HttpOnly; SameSite=Lax').saw).toContain('is not Secure')
  expect(judge('session=x; Path=/; HttpOnly; Secure; SameSite=Lax').saw).toContain('__Host-')
})

test('a policy lets in no script but files of the server', () => {
  const good = "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'"
  expect(policyFaults(good)).toEqual([])
  expect(policyFaults(null)).toHaveLength(1)
  for (const source of ["'unsafe-inline'", "'unsafe-eval'", '*', 'https:', 'data:']) {
    expect(policyFaults(good.replace("'self'", `'self' ${source}`))).toEqual([`scripts of ${source}`])
  }
  expect(policyFaults("default-src 'self'")).toEqual([
    "object-src is not 'none'",
    "base-uri is not 'none'",
    "frame-ancestors is not 'none'",
  ])
})

test('secrets made by chance are not called weak, others are', () => {
  for (let turn = 0; turn < 200; turn += 1) {
    expect(weakness(randomBytes(32).toString('hex'))).toEqual([])
    expect(weakness(randomBytes(16).toString('hex'))).toEqual([])
  }
  expect(weakness('0123456789'.repeat(4).slice(0, 16))).not.toEqual([])
  for (const short of [randomBytes(8).toString('hex'), 'fedcba9876543210fed', 'abcdefghijklmnopqr'])
    expect(weakness(short)).toEqual(['is too short'])
  expect(weakness('a'.repeat(64))).toEqual(['repeats itself: it is no random text'])
  expect(weakness('correct horse battery staple, my secret')).toHaveLength(1)
})
