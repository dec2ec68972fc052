import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../apps/web', import.meta.url))
let cacheDir: string
let server: ViteDevServer
let page: string
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'stratdesk-dev-page-'))
  server = await createServer({
    root,
    cacheDir,
    logLevel: 'error',
    // A server that never listens: no port is taken.
    server: { middlewareMode: true, ws: { server: createHttpServer() }, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  })
  page = await server.transformIndexHtml('/', await readFile(join(root, 'index.html'), 'utf8'))
}, 60_000)
afterAll(async () => {
  await server.close()
  await rm(cacheDir, { recursive: true, force: true })
})

it('the page of the development server has the place of the app and its code', () => {
  expect(page).toContain('<div id="root"></div>')
  expect(page).toMatch(/<script type="module" src="\/src\/main\.tsx[^"]*"><\/script>\s*<\/body>/)
})

it('what React’s refreshing needs stands in the page, whole and before the app’s code', () => {
  const [preamble = ''] = /<script type="module">[^<]*<\/script>/.exec(page) ?? []
  expect(preamble).toMatch(/^<script type="module">import .* from "\/@react-refresh";?\s/)
  expect(preamble).toContain('injectIntoGlobalHook(window)')
  expect(preamble).toContain('window.$RefreshReg$ = ')
  expect(preamble).toContain('window.$RefreshSig$ = ')
  expect(page.indexOf(preamble)).toBeLessThan(page.indexOf('/src/main.tsx'))
})
