import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { createPool } from '@stratdesk/data/pool'
import { createScope } from '@stratdesk/data/scope'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { uuidv7 } from '@stratdesk/data/uuid'
import { MemorySessionStore } from '../../sign-in/memory-session-store.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ heartbeatMs: 200 })
})
afterAll(() => server.close())

const emit = (brokerId: string) =>
  server.scope(brokerId).emit('device', { deviceId: uuidv7(), change: 'renamed' })
const waitFor = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 })

describe('live events', () => {
  it('reach every device of their account, in order, and nobody else', async () => {
    const [laptop, phone, stranger] = await Promise.all([
      server.signIn('UK9394'),
      server.signIn('UK9394'),
      server.signIn('UK1234'),
    ])
    const streams = [await server.events(laptop), await server.events(phone), await server.events(stranger)]
    const first = Number(await emit('UK9394'))
    for (let count = 0; count < 20; count++) await emit('UK9394')
    const last = await emit('UK1234')
    for (const stream of streams.slice(0, 2)) {
      await waitFor(() => expect(stream.events).toHaveLength(21))
      expect(stream.events.map((event) => Number(event.id))).toEqual(
        Array.from({ length: 21 }, (_, at) => first + at),
      )
    }
    await waitFor(() => expect(streams[2]?.events.map((event) => event.id)).toEqual([last]))
    for (const stream of streams) stream.close()
  })

  it('answer as an event stream that no cache keeps, to the web app alone', async () => {
    const browser = await server.signIn('UK9394')
    const stream = await server.events(browser, { origin: 'http://localhost:5173' })
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'access-control-allow-origin': 'http://localhost:5173',
      'access-control-allow-credentials': 'true',
      'x-content-type-options': 'nosniff',
    })
    stream.close()
    const foreign = await server.events(browser, { origin: 'http://evil.example' })
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined()
    foreign.close()
    expect((await server.events(server.browser())).status).toBe(401)
  })

  it('go on behind Last-Event-ID, without gap or repeat', async () => {
    const browser = await server.signIn('UK0011')
    const before = await server.events(browser)
    await waitFor(() => expect(before.lastEventId).not.toBe(''))
    const start = Number(before.lastEventId)
    before.close()
    for (let count = 0; count < 1200; count++) await emit('UK0011')
    const after = await server.events(browser, { 'last-event-id': String(start) })
    await emit('UK0011')
    await waitFor(() => expect(after.events).toHaveLength(1201))
    expect(after.events.map((event) => Number(event.id))).toEqual(
      Array.from({ length: 1201 }, (_, at) => start + 1 + at),
    )
    after.close()
  })

  it('begin with now when there is no Last-Event-ID, and say where now is', async () => {
    const browser = await server.signIn('UK0012')
    const seq = await emit('UK0012')
    const stream = await server.events(browser)
    await waitFor(() => expect(stream.lastEventId).toBe(seq))
    expect(stream.events).toEqual([])
    stream.close()
  })

  it('ask for a reset when the id is not one to go on from', async () => {
    const browser = await server.signIn('UK0013')
    await server.scope('UK0013').delete('events').where('seq', '<=', '1').execute()
    for (const id of ['0', '999999', 'x', '-5', '1.5', '1.5e3', '0x2', '9'.repeat(16)]) {
      const stream = await server.events(browser, { 'last-event-id': id })
      await waitFor(() => expect([id, stream.types]).toEqual([id, ['reset']]))
      expect(Number(stream.lastEventId)).toBeGreaterThan(0)
      stream.close()
    }
  })

  it('carry prices, which have no id and are not kept', async () => {
    const [mine, theirs] = [await server.signIn('UK0014'), await server.signIn('UK0015')]
    const [stream, other] = [await server.events(mine), await server.events(theirs)]
    await waitFor(() => expect(stream.lastEventId).not.toBe(''))
    const tick = { at: new Date().toISOString(), prices: [], runs: [] }
    await server.scope('UK0014').notify('account_ticks', JSON.stringify(tick))
    await waitFor(() => expect(stream.events).toEqual([{ type: 'tick', id: '', data: tick }]))
    await server.scope('UK0015').notify('account_ticks', '{}')
    await waitFor(() => expect(other.events).toEqual([{ type: 'tick', id: '', data: {} }]))
    stream.close()
    other.close()
  })

  it('beat while nothing happens', async () => {
    const stream = await server.events(await server.signIn('UK0016'))
    await waitFor(() => expect(stream.heartbeats).toBeGreaterThan(1))
    stream.close()
  })
})

describe('a stream', () => {
  it('ends at once when its device signs out, and does not hear of what happens then', async () => {
    const [here, there] = [await server.signIn('UK0021'), await server.signIn('UK0021')]
    const [stream, other] = [await server.events(here), await server.events(there)]
    const began = Date.now()
    await here.call('DELETE', '/api/session')
    await emit('UK0021')
    await stream.ended
    expect(Date.now() - began).toBeLessThan(1000)
    expect(stream.events).toEqual([])
    await waitFor(() =>
      expect(other.events.map((event) => event.data)).toMatchObject([{ change: 'signed-out' }, {}]),
    )
    other.close()
  })

  it('ends when its device is revoked, also by another process', async () => {
    const browser = await server.signIn('UK0022')
    const stream = await server.events(browser)
    const { device } = (await browser.get('/api/session')).json()
    await waitFor(() => expect(stream.lastEventId).not.toBe(''))
    // What the other process would say.
    await server.scope('UK0022').emit('device', { deviceId: device.id, change: 'revoked' })
    await stream.ended
    expect(stream.events).toEqual([])
  })

  it('ends when its session has expired', async () => {
    let ahead = 0
    const aging = await startTestServer({ now: () => Date.now() + ahead, heartbeatMs: 50 })
    const stream = await aging.events(await aging.signIn('UK9394'))
    ahead = 24 * 3_600_000
    await stream.ended
    await aging.close()
  })

  it('ends when the browser signs in again: the old cookie opens nothing any more', async () => {
    const browser = await server.signIn('UK0025')
    const stream = await server.events(browser)
    await browser.signIn('UK0025')
    await stream.ended
    const next = await server.events(browser)
    expect(next.status).toBe(200)
    const other = await server.events(browser)
    await browser.signIn('UK0026')
    await Promise.all([next.ended, other.ended])
    const seen = await server.events(browser)
    await emit('UK0025')
    const seq = await emit('UK0026')
    await waitFor(() => expect(seen.events.map((event) => event.id)).toEqual([seq]))
    seen.close()
  })

  it('does not count as use: it ends when its session has been idle for too long', async () => {
    let ahead = 0
    const now = () => Date.now() + ahead
    const sessions = new MemorySessionStore({ now, idleMs: 30 * 60_000 })
    const idle = await startTestServer({ now, sessions, heartbeatMs: 50 })
    const browser = await idle.signIn('UK9394')
    const stream = await idle.events(browser)
    for (let minutes = 0; minutes < 30; minutes += 10) {
      const beats = stream.heartbeats
      ahead += 10 * 60_000 - 1000
      await waitFor(() => expect(stream.heartbeats).toBeGreaterThan(beats + 1))
    }
    ahead += 60_000
    await stream.ended
    expect((await browser.get('/api/session')).statusCode).toBe(401)
    await idle.close()
  })

  it('is one of eight for a device; a ninth is refused', async () => {
    const browser = await server.signIn('UK0023')
    const streams = await Promise.all(Array.from({ length: 8 }, () => server.events(browser)))
    const ninth = await server.events(browser)
    expect([ninth.status, ninth.headers['retry-after']]).toEqual([429, '30'])
    streams[0]?.close()
    await vi.waitFor(async () => {
      const next = await server.events(browser)
      expect(next.status).toBe(200)
      next.close()
    })
    for (const stream of streams) stream.close()
  })

  it('whose browser goes away before the answer gives its place back', async () => {
    const browser = await server.signIn('UK0026')
    const first = await server.events(browser)
    first.close()
    const options = { headers: { cookie: browser.cookieHeader, accept: 'text/event-stream' } }
    for (let count = 0; count < 30; count++) {
      const request = get(`${server.app.listeningOrigin}/api/events`, options)
      request.on('error', () => {})
      request.on('response', (response) => response.on('error', () => {}))
      await setTimeout((count % 7) / 2)
      request.destroy()
    }
    await vi.waitFor(
      async () => {
        const streams = await Promise.all(Array.from({ length: 8 }, () => server.events(browser)))
        for (const stream of streams) stream.close()
        expect(streams.map((stream) => stream.status)).toEqual(Array(8).fill(200))
      },
      { timeout: 5000, interval: 100 },
    )
  })

  it('of a client that does not read is cut off, and the others go on', async () => {
    const [slow, quick] = [await server.signIn('UK0024'), await server.signIn('UK0024')]
    const stream = await server.events(quick)
    const socket = connect(Number(new URL(server.app.listeningOrigin).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET /api/events HTTP/1.1\r\nHost: x\r\nCookie: ${slow.cookieHeader}\r\n\r\n`)
    socket.pause()
    const closed = new Promise((resolve) => socket.on('close', resolve))
    const padding = 'x'.repeat(1000)
    const scope = server.scope('UK0024')
    for (let batch = 0; batch < 12; batch++) {
      await scope.transaction(async (tx) => {
        for (let count = 0; count < 500; count++) {
          await tx.emit('fill', {
            fillId: uuidv7(),
            orderId: uuidv7(),
            runId: uuidv7(),
            instrument: padding,
            side: 'buy',
            quantity: 1,
            price: '1',
            marketTime: new Date().toISOString(),
          })
        }
      })
    }
    await vi.waitFor(() => expect(stream.events.length).toBeGreaterThanOrEqual(6000), { timeout: 10_000 })
    socket.resume()
    await closed
    stream.close()
  })

  it('misses nothing when the database was away', async () => {
    const lone = await startTestServer({ heartbeatMs: 100 })
    const browser = await lone.signIn('UK9394')
    const stream = await lone.events(browser)
    await waitFor(() => expect(stream.lastEventId).not.toBe(''))
    lone.way.cut()
    await waitFor(() => expect(stream.heartbeats).toBeGreaterThan(2))
    const direct = createPool({ url: lone.database.url, max: 1 })
    const scope = createScope(direct, lone.scope('UK9394').brokerId)
    await scope.emit('device', { deviceId: uuidv7(), change: 'renamed' })
    expect(stream.events).toEqual([])
    lone.way.mend()
    await vi.waitFor(() => expect(stream.events).toHaveLength(1), { timeout: 10_000 })
    stream.close()
    await direct.end()
    await lone.close()
  })

  it('ends when the server stops', async () => {
    const stopping = await startTestServer()
    const stream = await stopping.events(await stopping.signIn('UK9394'))
    await stopping.close()
    await stream.ended
  })
})
