import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { startTestRedis } from '../testing/redis.ts'
import { startTestServer } from '../testing/server.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (let close = closers.pop(); close; close = closers.pop()) await close()
})

/** A server that lets one sign-in a minute pass for each address, which its proxy tells it. */
async function start(options: Parameters<typeof startTestServer>[0] = {}): Promise<string> {
  const server = await startTestServer({ ...options, signInsPerMinute: 1, trustProxy: ['127.0.0.1'] })
  closers.push(() => server.close())
  return await server.app.listen({ port: 0, host: '127.0.0.1' })
}

describe('two sign-ins at once', () => {
  it('S32 at limit 1 exactly one passes, each of 200 times', async () => {
    const url = await start()
    expect(await passesOfPairs([url, url], 200)).toEqual(Array(200).fill(1))
  }, 60_000)

  it('S32 on two servers that count in Redis exactly one passes, each of 200 times', async () => {
    const redis = await startTestRedis()
    closers.push(() => redis.stop())
    const connect = () => {
      // Patient, unlike the server's own: on a slow machine a call that is given up would be let through.
      const client = new Redis(redis.url)
      closers.push(async () => client.disconnect())
      return client
    }
    const urls = [await start({ redis: connect() }), await start({ redis: connect() })]
    expect(await passesOfPairs(urls, 200)).toEqual(Array(200).fill(1))
  }, 60_000)
})

/** Two sign-ins at once for each of so many addresses, over sockets of their own; answers how many of each pair passed. */
async function passesOfPairs(urls: readonly string[], pairs: number): Promise<number[]> {
  const passed: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const answers = await Promise.all(
      urls.map((url) =>
        fetch(`${url}/api/sign-in/kite/access-token`, {
          method: 'POST',
          headers: {
            origin: 'http://localhost:5173',
            'content-type': 'application/json',
            'x-forwarded-for': `10.1.${pair >> 8}.${pair & 255}`,
          },
          // Nothing that could be signed in with: who is let through is told so.
          body: '{}',
        }),
      ),
    )
    passed.push(answers.filter(({ status }) => status === 400).length)
  }
  return passed
}
