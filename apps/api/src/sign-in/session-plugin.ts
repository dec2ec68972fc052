import { hash, randomBytes } from 'node:crypto'
import { callbackify } from 'node:util'
import cookie from '@fastify/cookie'
import session, { type FastifySessionOptions } from '@fastify/session'
import type { FastifyInstance, FastifyReply, Session } from 'fastify'
import { RememberingSigner } from './remembering-signer.ts'
import type { SessionKey, SessionStore } from './session-store.ts'

/** How sessions are carried by browsers. */
export interface SessionSettings {
  /** Whether browsers reach the server over https; decides the cookie's name and `Secure`. */
  readonly https: boolean
  /** The first signs; the others are only accepted. */
  readonly secrets: readonly string[]
  readonly lifetimeMs: number
}

/** Cookies of this server; over https their names bind them to this very host. */
export function cookieName(name: 'session' | 'sign-in' | 'device', https: boolean): string {
  return https ? `__Host-${name}` : name
}

/** How every cookie of this server is sent: to this host alone, never to scripts, and not with other sites' requests. */
export function cookieAttributes(https: boolean) {
  return { path: '/', httpOnly: true, secure: https, sameSite: 'lax' } as const
}

/** The key under which the session of an id is stored. */
export function sessionKey(id: string): SessionKey {
  return hash('sha256', id, 'base64url')
}

/** Gives requests their session: signed cookie, absolute lifetime, written only when it changes. */
export async function addSessions(
  app: FastifyInstance,
  store: SessionStore,
  settings: SessionSettings,
): Promise<void> {
  await app.register(cookie)
  await app.register(session, {
    secret: new RememberingSigner(settings.secrets),
    store: storeAdapter(store),
    cookieName: cookieName('session', settings.https),
    cookie: { ...cookieAttributes(settings.https), maxAge: settings.lifetimeMs },
    rolling: false,
    saveUninitialized: false,
    idGenerator: () => randomBytes(32).toString('base64url'),
  })
}

/** Tells the browser to forget the session cookie. */
export function clearSessionCookie(reply: FastifyReply, https: boolean): void {
  reply.clearCookie(cookieName('session', https), cookieAttributes(https))
}

/** Gives the browser a cookie that holds a sign-in together for as long as it may take. */
export function setSignInCookie(reply: FastifyReply, value: string, https: boolean, maxAgeMs: number): void {
  const attributes = { ...cookieAttributes(https), maxAge: Math.floor(maxAgeMs / 1000) }
  reply.setCookie(cookieName('sign-in', https), value, attributes)
}

/**
 * Our store behind the plugin's callbacks. The plugin writes nothing: a device is put into the store when it signs in,
 * and what a request in flight holds of it must never be written over an ending or a rename.
 */
function storeAdapter(store: SessionStore): NonNullable<FastifySessionOptions['store']> {
  return {
    get: callbackify(async (id: string) => {
      const device = await store.get(sessionKey(id))
      return device ? restored(device) : null
    }),
    set: (_id: string, _session: Session, done: () => void) => done(),
    destroy: callbackify(async (id: string) => await store.destroy(sessionKey(id))),
  }
}

function restored(device: NonNullable<Session['device']>): Session {
  return { cookie: { originalMaxAge: null }, device }
}
