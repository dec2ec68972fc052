import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import type { SessionStore } from '../sign-in/session-store.ts'
import { startTestServer, type TestServer } from './server.ts'

/** A session store on a server of its own, and what can be seen of it from outside. */
export interface OpenStore {
  readonly store: SessionStore
  /** Everything that is kept, as text. */
  dump(): Promise<string>
  /** How often something was written. */
  changes(): Promise<number>
  close(): Promise<void>
}

interface StoreOptions {
  readonly now: () => number
  readonly idleMs: number
}

/** Every kind of session store there is, for `describe.each`. */
export const storeKinds: readonly {
  readonly kind: string
  readonly open: (options: StoreOptions) => Promise<OpenStore>
}[] = [{ kind: 'memory', open: openMemory }]

async function openMemory(options: StoreOptions): Promise<OpenStore> {
  const memory = new MemorySessionStore(options)
  const { store, told } = recorded(memory)
  return {
    store,
    // Nobody can look into its private fields; but it knows no more than it was told.
    dump: async () => told.join('\n'),
    changes: async () => memory.writes + memory.endings,
    close: async () => {},
  }
}

/** The store itself, with a note of every word it is told. */
function recorded(inner: SessionStore): { readonly store: SessionStore; readonly told: readonly string[] } {
  const told: string[] = []
  const store = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]): unknown => {
        if (args.length > 0) told.push(JSON.stringify(args))
        return Reflect.apply(member, target, args)
      }
    },
  })
  return { store, told }
}

/** A server whose sessions are in a store of this kind and whose clock is moved by hand. */
export type StoreServer = Awaited<ReturnType<typeof startStoreServer>>

/** Starts one; `clock.now` is its time in epoch milliseconds. */
export async function startStoreServer(
  open: (options: StoreOptions) => Promise<OpenStore>,
  { idleMs = 0, ...options }: { readonly idleMs?: number } & Parameters<typeof startTestServer>[0] = {},
) {
  const clock = { now: Date.now() }
  const kept = await open({ now: () => clock.now, idleMs })
  const server: TestServer = await startTestServer({
    now: () => clock.now,
    sessions: kept.store,
    sessionSecrets: [signingSecret],
    ...options,
  })
  return {
    ...server,
    kept,
    clock,
    async close() {
      await server.close()
      await kept.close()
    },
  }
}

/** What these servers sign cookies with. */
export const signingSecret = 'a secret of tests that signs their cookies'
