import { expect, it } from 'vitest'
import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import { openTestPlace, startTestServer } from '../testing/server.ts'

/** Two servers on one database; the store they share stands for Redis or Postgres. */
async function twoServers() {
  const place = await openTestPlace()
  const sessions = new MemorySessionStore()
  const signing = { place, sessions, sessionSecrets: ['a secret that both of them sign with'] }
  const [one, two] = [await startTestServer(signing), await startTestServer(signing)]
  const close = async () => {
    await one.close()
    await two.close()
    await place.close()
  }
  return { one, two, sessions, close }
}

it('S19 a stream that reconnects between the word of its end and the end itself is closed all the same', async () => {
  const { one, two, sessions, close } = await twoServers()
  const [laptop, phone] = [await one.signIn('UK9394'), await one.signIn('UK9394')]
  const { device } = (await phone.get('/api/session')).json<{ device: { id: string } }>()
  const first = await two.events(phone)
  const revoke = sessions.revoke.bind(sessions)
  const again = Promise.withResolvers<Awaited<ReturnType<typeof two.events>>>()
  sessions.revoke = async (...args) => {
    // The event has closed the first stream; the page opens another while the session still lives.
    await first.ended
    const second = await two.events(phone)
    expect(second.status).toBe(200)
    again.resolve(second)
    return await revoke(...args)
  }
  expect((await laptop.call('DELETE', `/api/devices/${device.id}`)).statusCode).toBe(204)
  const answered = performance.now()
  await (
    await again.promise
  ).ended
  expect(performance.now() - answered).toBeLessThan(1000)
  expect((await two.events(phone)).status).toBe(401)
  await close()
})

it('S19 a stream whose session ended after its request was let in is not opened', async () => {
  const { one, two, sessions, close } = await twoServers()
  const [phone, stranger] = [await one.signIn('UK9394'), await one.signIn('UK1234')]
  const { device } = (await phone.get('/api/session')).json<{ device: { id: string } }>()
  const get = sessions.get.bind(sessions)
  sessions.get = async (key) => {
    const found = await get(key)
    if (found?.deviceId === device.id) await sessions.destroy(key)
    return found
  }
  expect((await two.events(phone)).status).toBe(401)
  const other = await two.events(stranger)
  expect(other.status).toBe(200)
  other.close()
  await close()
})
