import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigurationError } from '../config.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'
import { findWebApp } from './web-dir.ts'

const page = '<!doctype html><title>Desk</title>'
const script = 'console.log("desk")'
const origin = 'http://localhost:8080'
let root: string
let dir: string
let server: TestServer
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'web-dist-'))
  // In a folder with the name of the one that holds what is kept for good.
  dir = join(root, 'assets/desk')
  await mkdir(join(dir, 'assets'), { recursive: true })
  await Promise.all([
    writeFile(join(dir, 'index.html'), page),
    writeFile(join(dir, 'icon.svg'), '<svg/>'),
    writeFile(join(dir, 'assets/index-D3adB33f.js'), script),
    writeFile(join(dir, 'assets/index-D3adB33f.js.br'), brotliCompressSync(script)),
  ])
  server = await startTestServer({ webDir: dir, webOrigin: origin })
})
afterAll(async () => {
  await server.close()
  await rm(root, { recursive: true })
})

const get = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  server.app.inject({ method: 'GET', url, headers })
const navigation = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the web app', () => {
  it('is one page for every address that is a page’s, asked for anew each time', async () => {
    for (const url of [
      '/',
      '/runs?status=active',
      '/runs/01a20677-54d3-7444-baea-5f9d901a9b40',
      '/nowhere',
    ]) {
      const { statusCode, body, headers } = await get(url, navigation)
      expect([url, statusCode, body]).toEqual([url, 200, page])
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        etag: expect.any(String),
      })
      const again = await get(url, { ...navigation, 'if-none-match': String(headers['etag']) })
      expect(again.statusCode).toBe(304)
    }
  })

  it('is kept for good where the name says what is in it', async () => {
    const { body, headers } = await get('/assets/index-D3adB33f.js')
    expect(body).toBe(script)
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(/^(text|application)\/javascript/),
      'cache-control': 'public, max-age=31536000, immutable',
    })
    expect((await get('/icon.svg')).headers['cache-control']).toBe('no-cache')
  })

  it('comes compressed as the build left it', async () => {
    const { rawPayload, headers } = await get('/assets/index-D3adB33f.js', { 'accept-encoding': 'gzip, br' })
    expect([headers['content-encoding'], headers['vary']]).toEqual([
      'br',
      expect.stringMatching(/accept-encoding/i),
    ])
    expect(brotliDecompressSync(rawPayload).toString()).toBe(script)
    expect((await get('/assets/index-D3adB33f.js', { 'accept-encoding': 'gzip' })).body).toBe(script)
  })

  it('has no answer for a file that is not of the build, whoever asks', async () => {
    await writeFile(join(dir, 'later.txt'), 'put there after the start')
    for (const url of [
      '/assets/index-0ld.js',
      '/assets/index-D3adB33f.js.br',
      '/favicon.ico',
      '/.env',
      '/later.txt',
      '/assets/..%2f..%2fetc/passwd.txt',
      '/api/nowhere',
      '/api',
      '/healthz/nowhere',
    ]) {
      const { statusCode, headers } = await get(url, navigation)
      expect([url, statusCode, headers['content-type']]).toEqual([
        url,
        404,
        'application/problem+json; charset=utf-8',
      ])
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['content-security-policy']).toMatch(/^default-src 'none';base-uri/)
    }
    expect((await get('/runs', { accept: 'application/json' })).statusCode).toBe(404)
    expect((await server.app.inject({ method: 'POST', url: '/runs', headers: navigation })).statusCode).toBe(
      404,
    )
  })

  it('may do nothing but what it needs', async () => {
    for (const url of ['/', '/assets/index-D3adB33f.js']) {
      const { headers } = await get(url, navigation)
      expect(String(headers['content-security-policy']).split(';')).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "style-src-attr 'none'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types default',
      ])
      expect(headers).toMatchObject({
        'permissions-policy': expect.stringContaining('camera=()'),
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
      expect(headers['strict-transport-security']).toBeUndefined()
    }
  })

  it('is kept on https where it came by it', async () => {
    const secure = await startTestServer({ webDir: dir, https: true, webOrigin: 'https://desk.example.com' })
    const { headers } = await secure.app.inject({ url: '/', headers: navigation })
    expect(headers['content-security-policy']).toContain('upgrade-insecure-requests')
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
    await secure.close()
  })
})

describe('the API beside it', () => {
  it('answers with its own policy, to each account its own', async () => {
    const [one, two] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
    for (const [browser, brokerId] of [
      [one, 'UK9394'],
      [two, 'UK1234'],
    ] as const) {
      const { headers, ...answer } = await browser.get('/api/session', { headers: navigation })
      expect(answer.json()).toMatchObject({ brokerId })
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['content-security-policy']).toMatch(/^default-src 'none';base-uri/)
    }
  })

  it('lets its own pages act, and those of no other origin', async () => {
    const browser = await server.signIn('UK9394')
    const act = async (headers: Readonly<Record<string, string>>) =>
      (
        await server.app.inject({
          method: 'DELETE',
          url: '/api/devices/01a20677-54d3-7444-baea-5f9d901a9b40',
          headers: { cookie: browser.cookieHeader, ...headers },
        })
      ).statusCode
    expect(await act({ 'sec-fetch-site': 'same-origin' })).toBe(404)
    expect(await act({ 'sec-fetch-site': 'same-site', origin: 'http://localhost:5173' })).toBe(403)
  })
})

describe('a server without the built app', () => {
  it('says what to run, unless another server has it', () => {
    const missing = join(dir, 'not-built')
    expect(() => findWebApp(missing)).toThrow(ConfigurationError)
    expect(() => findWebApp(missing)).toThrow(
      `There is no built web app in ${missing}: run \`pnpm build\`, or set WEB_DIR=none where another server has it.`,
    )
    expect(findWebApp(dir)).toBe(dir)
    expect(findWebApp(undefined)).toBeUndefined()
  })
})
