import { Signer } from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isId } from '../http/ids.ts'
import type { DeviceSession } from './device-session.ts'
import { cookieAttributes, cookieName, type SessionSettings } from './session-plugin.ts'

/** Which device of which account this browser was when it last signed in. It gives no access to anything. */
export interface KnownDevice {
  readonly deviceId: string
  readonly brokerId: string
}

interface DeviceCookies {
  readonly name: string
  readonly attributes: ReturnType<typeof cookieAttributes>
  readonly signer: Signer
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly deviceCookies: DeviceCookies
  }
}

/** The longest that browsers keep a cookie: 400 days (RFC 6265bis 5.5). */
const rememberedSeconds = 400 * 24 * 3600

/** Lets the routes of an application know browsers again that signed in here before. */
export function addKnownDevices(app: FastifyInstance, { https, secrets }: SessionSettings): void {
  const attributes = cookieAttributes(https)
  app.decorate('deviceCookies', {
    name: cookieName('device', https),
    attributes,
    signer: new Signer([...secrets]),
  })
}

/**
 * The device that this browser was at its last sign-in, by a cookie that only this server can have signed; undefined
 * for a browser that never signed in, and for a forged cookie. The account may have forgotten the device since.
 */
export function knownDevice(request: FastifyRequest): KnownDevice | undefined {
  const { name, signer } = request.server.deviceCookies
  const cookie = request.cookies[name]
  if (cookie === undefined || cookie.length > 256) return undefined
  const [brokerId = '', deviceId = ''] = signer.unsign(cookie).value?.split(':') ?? []
  return /^[A-Z0-9]{2,16}$/.test(brokerId) && isId(deviceId) ? { deviceId, brokerId } : undefined
}

/** Gives the browser the cookie by which it stays this device, in place of that of another account. */
export function markDevice(reply: FastifyReply, { brokerId, deviceId }: DeviceSession): void {
  const { name, attributes, signer } = reply.server.deviceCookies
  const value = signer.sign(`${brokerId}:${deviceId}`)
  reply.setCookie(name, value, { ...attributes, maxAge: rememberedSeconds })
}

/** Tells the browser that it is no known device any more. */
export function unmarkDevice(reply: FastifyReply): void {
  const { name, attributes } = reply.server.deviceCookies
  reply.clearCookie(name, attributes)
}
