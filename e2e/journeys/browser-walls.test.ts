import { once } from 'node:events'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { listRuns } from '@stratdesk/contracts/runs'
import { readAddresses } from '../addresses.ts'
import { letTimePass, openScreen, read, signInAsIs, startRun, startRunAsIs } from '../acts.ts'
import { expect, test as base } from '../journey.ts'
import { screens, signedOutScreens } from '../screens.ts'
import { secrets } from '../secrets.ts'
import { signIn } from '../sign-in.ts'
import { startOneOrigin, type Stack } from '../stack.ts'
import { watchErrors, watchScreens } from '../watch.ts'

interface WorkerParts {
  /** The product served as in production: by one server, at one origin. */
  readonly oneOrigin: Omit<Stack, 'wire'>
}

interface Parts {
  /** An empty page of another origin that a browser can be sent to. */
  readonly elsewhere: (host: string) => Promise<string>
}

const test = base.extend<Parts, WorkerParts>({
  oneOrigin: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from this pattern.
    async ({}, use) => {
      const stack = await startOneOrigin()
      await use(stack)
      await stack.close()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  // oxlint-disable-next-line no-empty-pattern -- as above.
  elsewhere: async ({}, use) => {
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title>'),
    )
    await use(async (host) => {
      await once(server.listen(0, host), 'listening')
      const address = server.address()
      return `http://${host}:${typeof address === 'object' ? address?.port : 0}/`
    })
    server.closeAllConnections()
    server.close()
  },
})

const everywhere = { tag: '@every-browser' }

test(
  'S1: no script sees the session cookie, which is for this host alone',
  everywhere,
  async ({ signedIn: page }) => {
    const cookies = await page.context().cookies()
    const session = cookies.find(({ name }) => name === 'session')
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' })
    expect((session?.expires ?? Infinity) * 1000).toBeLessThanOrEqual(Date.now() + 24 * 3_600_000)
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toContain(
      session?.value,
    )
  },
)

// In a page of another origin: what becomes of all the ways to use the session from there.
const attempts = (apiUrl: string) => `(async () => {
  const attempt = (path, init) => fetch('${apiUrl}' + path, { credentials: 'include', ...init })
    .then((answer) => answer.type + ' ' + answer.status, (error) => error.name)
  const stream = () => new Promise((done) => {
    const source = new EventSource('${apiUrl}/api/events', { withCredentials: true })
    source.onopen = () => done('open')
    source.onerror = () => { source.close(); done('refused') }
  })
  return {
    read: await attempt('/api/session'),
    readBlindly: await attempt('/api/session', { mode: 'no-cors' }),
    signOut: await attempt('/api/session', { method: 'DELETE' }),
    start: await attempt('/api/runs', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
    startBlindly: await attempt('/api/runs', { method: 'POST', body: '{}', mode: 'no-cors' }),
    listen: await stream(),
  }
})()`
// Sends a form, which no browser asks the server about first.
const sendForm = (action: string) => `{
  const form = document.createElement('form')
  Object.assign(form, { method: 'POST', action: '${action}' })
  document.body.append(form)
  form.submit()
}`
const openFrame = (src: string) => `new Promise((done) => {
  const frame = document.createElement('iframe')
  Object.assign(frame, { src: '${src}', onload: () => done(true), onerror: () => done(false) })
  document.body.append(frame)
})`

for (const [what, host] of [
  ['another site', '127.0.0.1'],
  // Browsers send our cookie along to here: ports are no part of a site, nor of a cookie.
  ['another port of the same host', 'localhost'],
] as const) {
  test(
    `S26, S30: a page of ${what} can neither read nor act with the session`,
    everywhere,
    async ({ signedIn: page, stack, elsewhere }) => {
      const run = await startRunAsIs(page, stack, { name: 'Mine' })
      const foreign = await page.context().newPage()
      const address = await elsewhere(host)
      await foreign.goto(address)
      expect(await foreign.evaluate(attempts(stack.apiUrl))).toEqual({
        read: 'TypeError',
        readBlindly: 'TypeError',
        signOut: 'TypeError',
        start: 'TypeError',
        startBlindly: 'TypeError',
        listen: 'refused',
      })

      await foreign.evaluate(openFrame(`${stack.webUrl}/`))
      for (const frame of foreign.frames().slice(1)) {
        const inside = await frame.evaluate('document.documentElement.innerHTML').catch(() => '')
        expect(inside).not.toContain('id="root"')
      }
      for (const path of ['/api/runs', `/api/runs/${run.id}/stop`, '/api/sign-in/kite']) {
        const form = await page.context().newPage()
        await form.goto(address)
        const answered = form.waitForResponse(`${stack.apiUrl}${path}`)
        await form.evaluate(sendForm(`${stack.apiUrl}${path}`))
        expect([path, (await answered).status()]).toEqual([path, 403])
      }

      const { items } = await read(page, stack, listRuns)
      expect(items.map(({ id, desired }) => [id, desired])).toEqual([[run.id, 'running']])
    },
  )
}

// In the page: what the policy stopped so far.
const keepViolations = `window.stopped = []
  addEventListener('securitypolicyviolation', (event) => window.stopped.push(event.effectiveDirective))`
const planted = `<script>window.ran = 'a script'</script><img src="/none.svg" onerror="window.ran = 'a handler'">`
/** Ways in which a careless library would make code of text. */
const sinks = {
  html: `document.body.insertAdjacentHTML('beforeend', '<img src="/none.svg" onerror="window.ran = 1">')`,
  script: `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 2' }))`,
  address: `document.body.append(Object.assign(document.createElement('script'), { src: 'data:,window.ran=3' }))`,
}

test(
  'a script planted in the page does not run, and the browser says that it was stopped',
  everywhere,
  async ({ browser, stack }) => {
    // Not the fixture's page, whose violations fail the journey.
    const page = await browser.newPage()
    await page.addInitScript(keepViolations)
    const { webFolder } = readAddresses()
    const html = await readFile(join(webFolder, 'index.html'), 'utf8')
    await writeFile(join(webFolder, 'planted.html'), html.replace('</body>', `${planted}</body>`))
    await page.goto(`${stack.webUrl}/planted.html`)
    await expect(page.getByRole('main')).toBeVisible()
    await expect
      .poll(() => page.evaluate('window.stopped'))
      .toEqual(expect.arrayContaining(['script-src-elem', 'script-src-attr']))

    for (const [name, sink] of Object.entries(sinks)) {
      const outcome = await page.evaluate(`{ try { ${sink}; 'let through' } catch (error) { error.name } }`)
      expect([name, outcome]).toEqual([name, 'TypeError'])
    }
    expect(await page.evaluate('window.ran')).toBeUndefined()
    expect(await page.evaluate('window.stopped')).toContain('require-trusted-types-for')
    await page.close()
  },
)

test(
  'no screen has an error, is stopped by its policy or asks anybody else',
  // In Chromium the journey of every screen watches the same.
  { tag: '@other-browsers' },
  async ({ page, stack, brokerId }) => {
    test.setTimeout(120_000)
    const troubles = watchScreens(page, stack)
    const visit = async (paths: readonly string[]) => {
      for (const path of paths) {
        await page.goto(path)
        await expect(page.getByRole('main')).toBeVisible()
        await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      }
    }
    await visit(Object.values(signedOutScreens))
    await signInAsIs(page, stack, brokerId)
    const { id } = await startRunAsIs(page, stack, { name: 'Looked at everywhere' })
    await visit(Object.values(screens).map((path) => path.replace(':run', id)))
    expect(troubles).toEqual([])
  },
)

test(
  'Back shows nothing of the account once it is signed out, here or in another tab',
  everywhere,
  async ({ page, stack, brokerId, elsewhere }) => {
    await signInAsIs(page, stack, brokerId)
    await startRunAsIs(page, stack, { name: 'A private matter' })
    const caching = new Set<string>()
    page.on('response', (answer) => {
      if (answer.url().startsWith(`${stack.apiUrl}/api/`))
        caching.add(answer.headers()['cache-control'] ?? 'none')
    })
    const expectNothing = async (tab: Page) => {
      await expect(tab.getByRole('button', { name: 'Sign in with Kite' })).toBeVisible()
      await expect(tab.locator('body')).not.toContainText('A private matter')
      await expect(tab.locator('body')).not.toContainText(brokerId)
    }
    await page.goto('/')
    await openScreen(page, 'Runs')
    await expect(page.getByRole('row', { name: 'A private matter' })).toBeVisible()
    const left = await page.context().newPage()
    await left.goto(`${stack.webUrl}/runs`)
    await expect(left.getByRole('row', { name: 'A private matter' })).toBeVisible()
    await left.goto(await elsewhere('127.0.0.1'))

    await page.getByRole('button', { name: 'Account menu' }).click()
    await page.getByRole('menuitem', { name: 'Sign out on this device' }).click()
    await expect(page.getByText('You have signed out on this device')).toBeVisible()
    await page.goBack()
    await expectNothing(page)
    await left.goBack()
    await expectNothing(left)
    expect([...caching].filter((value) => !/\bno-store\b/.test(value))).toEqual([])
    expect(caching.size).toBeGreaterThan(0)
  },
)

test('S8: nothing that browsers are given holds a secret of the server', async () => {
  const { webFolder, ownWebFolder } = readAddresses()
  const words = [...Object.values(secrets), ...Object.keys(secrets)]
  for (const folder of [webFolder, ownWebFolder]) {
    const files = await Array.fromAsync(glob('**/*.*', { cwd: folder }))
    expect(files).toContain('index.html')
    for (const file of files) {
      const text = await readFile(join(folder, file), 'latin1')
      expect([file, words.filter((word) => text.includes(word))]).toEqual([file, []])
    }
  }
})

test(
  'one server at one origin serves the app and its API, from sign-in to sign-out',
  everywhere,
  async ({ browser, oneOrigin, brokerId }) => {
    const page = await browser.newPage({ baseURL: oneOrigin.webUrl })
    const errors = await watchErrors(page)
    const origins = new Set<string>()
    page.on('request', (request) => void origins.add(new URL(request.url()).origin))

    const first = await page.goto('/')
    expect(first?.headers()['content-security-policy']).toContain("script-src 'self';")
    // The app goes on to the sign-in page, which would end a navigation that began meanwhile.
    await expect(page.getByRole('button', { name: 'Sign in with Kite' })).toBeVisible()
    await signIn(page, brokerId)
    await startRun(page, { name: 'At home' })
    await expect(page.getByRole('banner')).toContainText('Live')
    await expect(page.getByRole('main')).toContainText('Running')
    await letTimePass(oneOrigin, 120)
    await openScreen(page, 'Trades')
    await expect(page.getByRole('region', { name: 'Trades' })).toContainText('At home', { timeout: 60_000 })
    await page.reload()
    await expect(page.getByRole('region', { name: 'Trades' })).toContainText('At home')

    await page.getByRole('button', { name: 'Account menu' }).click()
    await page.getByRole('menuitem', { name: 'Sign out on this device' }).click()
    await expect(page.getByText('You have signed out on this device')).toBeVisible()
    expect((await page.request.get(`${oneOrigin.apiUrl}/api/session`)).status()).toBe(401)
    expect([...origins].toSorted()).toEqual([oneOrigin.webUrl, oneOrigin.simUrl].toSorted())
    expect(errors).toEqual([])
    await page.close()
  },
)
