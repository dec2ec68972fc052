import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildWeb } from './build-web.ts'

let folder: string
let page: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stratdesk-web-page-'))
  await buildWeb({ folder })
  page = await readFile(join(folder, 'index.html'), 'utf8')
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const checkedByTheApi = 'Must be the revision of the run'
const all = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, found = '']) => found)

it('the mark of the app waits for no style sheet and for no code but the colour scheme’s', () => {
  const [mark, sheet] = [page.indexOf('class="starting"'), page.indexOf('rel="stylesheet"')]
  expect(mark).toBeGreaterThan(0)
  expect(sheet).toBeGreaterThan(mark)
  expect(all(/rel="stylesheet"/g)).toHaveLength(1)
  expect(all(/<script(?! type="module" fetchpriority="low") (.*?)>/g)).toEqual(['src="/color-scheme.js"'])
})

it('the code comes in scripts of their own, what it is built on first, and none of it stands in the page', () => {
  const names = all(/<script .*src="\/assets\/(.*?)-[^.]*\.js"><\/script>/g)
  expect(names.at(-1)).toBe('index')
  expect(names).toEqual(expect.arrayContaining(['contracts', 'libraries']))
  expect(all(/<script[^>]*>([^<]+)/g)).toEqual([])
})

it('the session is asked for by the page itself, at the app’s own origin where no other is named', () => {
  const [link = ''] = all(/<link\s+rel="preload"([^>]*)>/g)
  expect(link).toMatch(/href="\/api\/session"\s+as="fetch"\s+crossorigin="use-credentials"/)
})

it('the calls of the built app come without the shapes that only the API checks; forms keep theirs', async () => {
  const scripts = (await readdir(join(folder, 'assets'))).filter((name) => name.endsWith('.js'))
  const texts = await Promise.all(scripts.map((name) => readFile(join(folder, 'assets', name), 'utf8')))
  const has = (text: string) => texts.some((script) => script.includes(text))
  expect(has('/api/runs/:id/stop')).toBe(true)
  // Not only because it reads otherwise by now.
  expect(await readFile('packages/contracts/src/runs.ts', 'utf8')).toContain(checkedByTheApi)
  expect(has(checkedByTheApi)).toBe(false)
  expect(has('Enter the API secret')).toBe(true)
})
