import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Redis } from 'ioredis'
import { addressKey } from '../http/address-key.ts'
import { ProblemError } from '../http/problem.ts'
import { knownDevice } from './known-device.ts'
import { logRefusal } from './record-refusal.ts'

/** Counts one sign-in of an account; answers 0, or for how many seconds the account has had enough of them. */
export type SpendSignIn = (request: FastifyRequest, brokerId: string) => Promise<number>

/** How the limits count. */
export interface SignInLimits {
  /** Sign-ins of one account in a minute that the broker vouched for. */
  readonly perAccount: number
  /** Counts for all processes together; without it each counts for itself. */
  readonly redis?: Redis | undefined
}

/**
 * While Redis is away nothing is counted and nobody is turned away for it: the broker still checks who signs in, and
 * sessions that are in Redis as well cannot begin then anyhow.
 */
const skipOnError = true

/**
 * Limits the routes that ask for it (ASVS 6.3.1): calls are counted for the device where a signed cookie names one, so
 * that a stranger behind the same address cannot lock it out, and else for the address. A process remembers 5,000
 * callers of a route; a flood of more makes it forget the ones it saw least lately. Answers how to count the sign-ins of
 * an account.
 */
export async function addSignInLimits(
  app: FastifyInstance,
  { perAccount, redis }: SignInLimits,
): Promise<SpendSignIn> {
  const settings: RateLimitPluginOptions = {
    global: false,
    keyGenerator: callerKey,
    onExceeded: (request) => logRefusal(request, 'too-many-sign-ins'),
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
    ...(redis ? { redis, nameSpace: 'stratdesk:sign-in-limit:', skipOnError } : {}),
  }
  // Loaded here, because it brings the whole client, which a server without Redis has no use for.
  if (redis) await app.register(import('@fastify/redis'), { client: redis })
  await app.register(rateLimit, settings)
  const accounts = new WeakMap<FastifyRequest, string>()
  const spend = app.createRateLimit({
    max: perAccount,
    timeWindow: 60_000,
    keyGenerator: (request: FastifyRequest) => `account:${accounts.get(request)}`,
  })
  return async (request, brokerId) => {
    accounts.set(request, brokerId)
    const counted = await spend(request)
    return counted.isAllowed || !counted.isExceeded ? 0 : Math.max(1, counted.ttlInSeconds)
  }
}

function callerKey(request: FastifyRequest): string {
  const deviceId = request.session?.device?.deviceId ?? knownDevice(request)?.deviceId
  return deviceId === undefined ? `address:${addressKey(request.ip)}` : `device:${deviceId}`
}

function tooMany(ttlMs: number): ProblemError {
  const retryAfterSeconds = Math.max(1, Math.ceil(ttlMs / 1000))
  return new ProblemError('limit-exceeded', 'Too many sign-ins from here; wait a moment', {
    retryAfterSeconds,
  })
}
