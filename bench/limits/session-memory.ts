import { hash, randomBytes, randomInt } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import { uuidv7 } from '@stratdesk/data/uuid'
import type { DeviceSession } from '../../apps/api/src/sign-in/device-session.ts'
import { MemorySessionStore } from '../../apps/api/src/sign-in/memory-session-store.ts'
import type { Limit } from '../row.ts'

const count = 100_000

/** What a session costs the memory store, everything around it included. */
export const sessionMemory: Limit = {
  name: 'session-memory',
  work: 'heap for each of 100,000 sessions in memory, of as many accounts',
  unit: 'bytes',
  limitedBy: 'What a session says of a device: user agent, label, address and identity, kept as one text.',
  mark: { atMost: 600 },
  async run() {
    const keys = Array.from({ length: count }, () => hash('sha256', randomBytes(32), 'base64url'))
    const before = heap()
    const store = new MemorySessionStore({ sessionsMax: count })
    for (const key of keys) await store.set(Buffer.from(key).toString(), session(store.size))
    const bytes = (heap() - before) / store.size
    await store.close()
    return [bytes]
  },
}

/** A session as real sign-ins make them: no two share a user agent, a label or an address. */
function session(at: number): DeviceSession {
  const now = Date.now()
  const version = `${100 + (at % 50)}.0.${randomInt(10_000)}.${at}`
  return {
    // An account of its own, which costs more than several devices of one.
    brokerId: mintBrokerId(`UK${at}`),
    deviceId: uuidv7(),
    label: `Chrome on Linux ${at}`,
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`,
    ip: `2001:db8:${at.toString(16)}::${randomInt(65_536).toString(16)}`,
    createdAt: now,
    authenticatedAt: now,
    lastSeenAt: now,
    expiresAt: now + 24 * 3_600_000,
  }
}

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')
if (typeof collect !== 'function') throw new Error('This Node cannot collect garbage when told')

function heap(): number {
  if (typeof collect === 'function') for (let times = 0; times < 3; times++) collect()
  return process.memoryUsage().heapUsed
}
