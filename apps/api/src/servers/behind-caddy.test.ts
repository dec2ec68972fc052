import { randomBytes } from 'node:crypto'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { createTestDatabase } from '@stratdesk/data/testing'
import { startKiteSim } from '@stratdesk/kite-sim/sim'
import { expect, it, vi } from 'vitest'
import { buildTinyWeb } from '../isolation/tiny-web.ts'
import { caddyMissing, caddyProgram, planCaddy, startCaddy } from '../testing/caddy.ts'
import { TestEventSource } from '../testing/event-source.ts'
import { startServerProcess } from '../testing/server-process.ts'
import { Person } from '../verify/person.ts'
import { Site } from '../verify/site.ts'
import { verify } from '../verify/verify.ts'

/** A server in production behind deploy/Caddyfile, over TLS from one end to the other. */
async function startDeployment(program: string) {
  // What a later step that fails leaves behind is closed.
  await using opened = new AsyncDisposableStack()
  const ports = await planCaddy()
  const database = opened.adopt(await createTestDatabase(), (it) => it.drop())
  const sim = opened.adopt(await startKiteSim(), (it) => it.close())
  const web = opened.adopt(await buildTinyWeb(), (it) => it.remove())
  const server = await startServerProcess(sim, {
    NODE_ENV: 'production',
    PORT: String(ports.app),
    DATABASE_URL: database.url,
    SESSION_SECRET: randomBytes(32).toString('hex'),
    WEB_ORIGIN: ports.url,
    WEB_DIR: web.dir,
    TRUST_PROXY: '127.0.0.1',
  })
  opened.defer(async () => void (await server.stop()))
  const caddy = opened.adopt(await startCaddy(program, ports), (it) => it.stop())
  const started = opened.move()
  return { ...ports, caddy, close: () => started.disposeAsync() }
}

it(
  'behind deploy/Caddyfile nothing is amiss: TLS, redirect, HSTS, cookies, two users; and events come as they happen',
  { timeout: 60_000 },
  async ({ skip }) => {
    const program = caddyProgram()
    if (program === undefined) {
      console.warn(caddyMissing)
      return skip(caddyMissing)
    }
    const { caddy, url, plainUrl, close } = await startDeployment(program)
    try {
      setDefaultCACertificates([...getCACertificates('default'), caddy.certificate])
      const lines = await verify(new URL(url), {}, new URL(plainUrl))
      expect(lines.filter(({ result }) => result === 'fault')).toEqual([])
      const ok = lines.filter(({ result }) => result === 'ok').map(({ check }) => check)
      for (const check of ['HTTPS', 'Redirect', 'HSTS', 'Session cookies', 'Two users', '/metrics']) {
        expect(ok).toContain(check)
      }

      const site = new Site(new URL(url))
      expect((await site.ask('/metrics')).status).toBe(404)
      const people = [await Person.signIn(site, 'UK9394'), await Person.signIn(site, 'UK1234')]
      for (const { setCookie } of people) {
        expect(setCookie).toMatch(/^__Host-session=[^;]+;.*; Secure/)
        expect(setCookie).not.toMatch(/Domain/i)
      }
      const streams = await Promise.all(people.map(({ cookie }) => TestEventSource.open(url, cookie)))
      for (const { headers } of streams) expect(headers['content-encoding']).toBeUndefined()
      for (const [at, person] of people.entries()) {
        const { device } = await person.session()
        const renamed = await site.ask(`/api/devices/${device.id}`, {
          method: 'PATCH',
          headers: { cookie: person.cookie, 'sec-fetch-site': 'same-origin' },
          body: { label: `desk ${at}` },
        })
        expect(renamed.status).toBe(200)
        // Its stream is open still: nothing gathers events until it ends.
        await vi.waitFor(() => expect(JSON.stringify(streams[at]?.events)).toContain(device.id), 5000)
        expect(JSON.stringify(streams[1 - at]?.events)).not.toContain(device.id)
      }
      for (const stream of streams) stream.close()
      await Promise.all(people.map((person) => person.signOut()))
    } finally {
      setDefaultCACertificates(getCACertificates('bundled'))
      await close()
    }
  },
)
