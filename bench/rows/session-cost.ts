import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { startChild } from '../../scripts/child.ts'
import { freePorts } from '../../scripts/ports.ts'
import { load } from '../load.ts'
import { measurePairs } from '../pairs.ts'
import type { Row } from '../row.ts'

const file = fileURLToPath(new URL('../peers/empty-route.ts', import.meta.url))

/** What a session costs a request that does nothing else; the plugin's own signer and settings reach about 0.47. */
export const sessionCost: Row = {
  name: 'session-cost',
  work: 'an empty route, signed in (memory store), security headers on',
  against: 'the same route without the session plugin, security headers on',
  unit: 'requests/s',
  limitedBy:
    'What @fastify/session does for each request whatever its store: parsing the cookie and making the session. A hook of our own would cost less and leave its care to us.',
  mark: { atLeast: 0.6 },
  async run({ rounds, seconds }) {
    const [ourPort = 0, theirPort = 0] = await freePorts(2)
    const ours = startChild({ name: 'with-sessions', file, args: [String(ourPort), 'sessions'] })
    const theirs = startChild({ name: 'without', file, args: [String(theirPort), 'none'] })
    try {
      await Promise.all([ours.ready, theirs.ready])
      const [our, their] = await Promise.all([ourPort, theirPort].map(emptyRoute))
      assert.ok(our && their)
      return await measurePairs(
        (time) => load(our, time),
        (time) => load(their, time),
        { rounds, seconds },
      )
    } finally {
      await Promise.all([ours.stop(), theirs.stop()])
    }
  },
}

/** The route of one side, with the cookie of a sign-in where there is one; both answer alike. */
async function emptyRoute(port: number) {
  const url = `http://127.0.0.1:${port}`
  const signedIn = await fetch(`${url}/sign-in`, { method: 'POST' })
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0]
  const headers: Record<string, string> = cookie === undefined ? {} : { cookie }
  const answer = await fetch(`${url}/empty`, { headers })
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), '{}')
  return { url, requests: [{ path: '/empty', headers }] }
}
