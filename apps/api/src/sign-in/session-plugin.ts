import { hash, randomBytes } from 'node:crypto'
import { callbackify } from 'node:util'
import cookie from '@fastify/cookie'
import session, { type FastifySessionOptions } from '@fastify/session'
import type { FastifyInstance, FastifyReply, FastifyRequest, Session } from 'fastify'
import { RememberingSigner } from './remembering-signer.ts'
import type { DeviceSession } from './device-session.ts'
import type { EndReason, SessionKey, SessionStore } from './session-store.ts'

/** How sessions are carried by browsers. */
export interface SessionSettings {
  /** Whether browsers reach the server over https; decides the cookie's name and `Secure`. */
  readonly https: boolean
  /** The first signs; the others are only accepted. */
  readonly secrets: readonly string[]
  readonly lifetimeMs: number
  /** Whether sessions of an account count; one of another account is over when it is shown. Absent: all count. */
  readonly admits?: (brokerId: string) => boolean
}

/** Why the session that a request shows is over; undefined for one that is live or unknown, and for a forged cookie. */
export type EndedBecause = (request: FastifyRequest) => Promise<EndReason | undefined>

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

/** Gives requests their session: signed cookie, absolute lifetime. Answers how to ask why one is over. */
export async function addSessions(
  app: FastifyInstance,
  store: SessionStore,
  settings: SessionSettings,
): Promise<EndedBecause> {
  const name = cookieName('session', settings.https)
  const signer = new RememberingSigner(settings.secrets)
  // So that what the session plugin clears keeps its walls too: without `Secure`, browsers keep a `__Host-` cookie.
  await app.register(cookie, { parseOptions: cookieAttributes(settings.https) })
  await app.register(session, {
    secret: signer,
    store: storeAdapter(store, settings.admits ?? (() => true)),
    cookieName: name,
    cookie: { ...cookieAttributes(settings.https), maxAge: settings.lifetimeMs },
    rolling: false,
    saveUninitialized: false,
    idGenerator: () => randomBytes(32).toString('base64url'),
  })
  return async (request) => {
    const signed = request.cookies[name]
    const id = signed === undefined ? null : signer.unsign(signed).value
    return id === null ? undefined : await store.endedBecause(sessionKey(id))
  }
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
function storeAdapter(
  store: SessionStore,
  admits: (brokerId: string) => boolean,
): NonNullable<FastifySessionOptions['store']> {
  return {
    get: callbackify(async (id: string) => {
      const device = await store.get(sessionKey(id))
      if (device === undefined) return null
      if (admits(device.brokerId)) return restored(device)
      await store.destroy(sessionKey(id), 'account-disabled')
      return null
    }),
    set: (_id: string, _session: Session, done: () => void) => done(),
    destroy: callbackify(async (id: string) => await store.destroy(sessionKey(id))),
  }
}

/**
 * The session of a device as the plugin takes it. The plugin would hash all of it twice a request to see whether it was
 * changed, which is a third of what a session costs; a change here is another device in its place, so it is told so.
 */
function restored(device: DeviceSession): Session {
  Object.defineProperty(device, 'toJSON', { value: noText })
  const session = {
    cookie: { originalMaxAge: null },
    device,
    isModified(this: Session) {
      return this.device !== device
    },
  }
  return session
}

const noText = () => ''
