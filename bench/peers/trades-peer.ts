import assert from 'node:assert/strict'
import type { Target } from '../load.ts'
import { brokerIds } from '../seed.ts'
import { type Servers, signIn } from '../servers.ts'

/** Signs so many brokers in on both sides, checks that each pair answers with the same fifty trades, and says what to ask. */
export async function sameTrades(
  ours: Servers,
  peerUrl: string,
  brokers: number,
): Promise<{ readonly ours: Target; readonly theirs: Target }> {
  const pairs = await Promise.all(
    brokerIds(brokers).map(async (id) => {
      const our = { path: '/api/trades?limit=50', headers: { cookie: await signIn(ours, id) } }
      const their = { path: '/api/trades', headers: { cookie: await signInAtPeer(peerUrl, id) } }
      assert.deepEqual(await itemsOf(ours.apiUrl, our), await itemsOf(peerUrl, their))
      return { our, their }
    }),
  )
  return {
    ours: { url: ours.apiUrl, requests: pairs.map(({ our }) => our) },
    theirs: { url: peerUrl, requests: pairs.map(({ their }) => their) },
  }
}

async function signInAtPeer(url: string, brokerId: string): Promise<string> {
  const answer = await fetch(`${url}/sign-in?broker=${brokerId}`, { method: 'POST' })
  assert.equal(answer.status, 200)
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function itemsOf(
  url: string,
  { path, headers }: Target['requests'][number],
): Promise<readonly string[]> {
  const answer = await fetch(`${url}${path}`, { headers })
  assert.equal(answer.status, 200)
  const { items } = (await answer.json()) as { items: readonly unknown[] }
  assert.equal(items.length, 50)
  return items.map((item) => JSON.stringify(item))
}
