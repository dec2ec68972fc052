import { loadConnection, saveConnection } from '@stratdesk/data/connections'
import type { BrokerId } from '@stratdesk/data/broker-id'
import type { BrokerScope } from '@stratdesk/data/scope'
import { uuidv7 } from '@stratdesk/data/uuid'
import type { Vault } from '@stratdesk/data/vault'
import { nextTokenDeath } from '@stratdesk/kite/time'
import type { FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/record-audit.ts'
import { ProblemError } from '../http/problem.ts'
import type { EventHub } from '../live/event-hub.ts'
import { deviceLabel } from './device-label.ts'
import type { DeviceSession } from './device-session.ts'
import type { BrokerLogin } from './kite-login.ts'
import { sessionKey } from './session-plugin.ts'
import type { SessionStore } from './session-store.ts'

/** What a sign-in needs of the server. */
export interface SignInDeps {
  readonly sessions: SessionStore
  readonly hub: Pick<EventHub, 'closeDevices'>
  readonly vault: Vault
  readonly scopeFor: (brokerId: BrokerId) => BrokerScope
  readonly lifetimeMs: number
  readonly now: () => number
}

type SignInMethod = 'redirect' | 'request-token' | 'access-token'

/**
 * Signs this browser in to the account the broker vouched for. Account, connection and audit row are committed first,
 * so that a failure of the database leaves the browser with the session it had; then it is given one with a new id,
 * and whatever session and streams it had are over.
 */
export async function completeSignIn(
  deps: SignInDeps,
  request: FastifyRequest,
  login: BrokerLogin,
  method: SignInMethod,
): Promise<DeviceSession> {
  const before = request.session.device
  const device = newDevice(request, login.brokerId, before, deps)
  const scope = deps.scopeFor(login.brokerId)
  await scope.transaction(async (tx) => {
    await tx
      .insert('broker_accounts', { name: login.name })
      .onConflict((conflict) => conflict.column('broker_id').doUpdateSet({ name: login.name }))
      .execute()
    await saveConnection(tx, deps.vault, {
      apiKey: login.apiKey,
      ...(await secretToKeep(tx, deps.vault, login)),
      accessToken: login.accessToken,
      expiresAt: nextTokenDeath(new Date(deps.now())),
      deviceId: device.deviceId,
      deviceLabel: device.label,
    })
    await recordAudit(tx, 'signed-in', device, { method, userAgent: device.userAgent })
  })
  const crowdedOut = await startSession(deps.sessions, request, device)
  if (before) await deps.hub.closeDevices(deps.scopeFor(before.brokerId), [before.deviceId])
  const gone = crowdedOut.map(({ deviceId }) => deviceId)
  if (gone.length > 0) await deps.hub.closeDevices(scope, gone)
  await tellDevices(scope, request, device, crowdedOut)
  if (before && before.brokerId !== login.brokerId) await leaveOtherAccount(deps, request, before)
  return device
}

/** A login without a secret keeps the stored one when that belongs to the same app; the account's row is locked. */
async function secretToKeep(
  scope: BrokerScope,
  vault: Vault,
  { apiKey, apiSecret }: BrokerLogin,
): Promise<{ readonly apiSecret?: string | null }> {
  if (apiSecret !== null) return { apiSecret }
  const stored = await loadConnection(scope, vault)
  return stored?.apiKey === apiKey ? {} : { apiSecret: null }
}

/** A browser that signs in to the same account again stays the same device. */
function newDevice(
  request: FastifyRequest,
  brokerId: BrokerId,
  before: DeviceSession | undefined,
  deps: SignInDeps,
): DeviceSession {
  const now = deps.now()
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, 400)
  const known = before?.brokerId === brokerId ? before : undefined
  return {
    brokerId,
    deviceId: known?.deviceId ?? uuidv7(),
    label: known?.label ?? deviceLabel(userAgent),
    userAgent,
    ip: request.ip,
    createdAt: known?.createdAt ?? now,
    authenticatedAt: now,
    lastSeenAt: now,
    expiresAt: now + deps.lifetimeMs,
  }
}

/** Puts the device under a new session id; answers the devices that had to go for it. */
async function startSession(
  sessions: SessionStore,
  request: FastifyRequest,
  device: DeviceSession,
): Promise<readonly DeviceSession[]> {
  try {
    if (request.session.device) {
      await sessions.destroy(sessionKey(request.session.sessionId), 'signed-in-again')
    }
    await request.session.regenerate()
    request.session.device = device
    const crowdedOut = await sessions.set(sessionKey(request.session.sessionId), device)
    // Marks the session as saved, which makes the plugin send its cookie.
    await request.session.save()
    return crowdedOut
  } catch (error) {
    // So that the plugin does not try to keep it when the answer is sent.
    if (request.session?.device === device) await request.session.destroy()
    const message = 'The broker login was kept, but this device could not be signed in. Try again in a moment'
    throw new ProblemError('unavailable', message, { retryAfterSeconds: 1, cause: error })
  }
}

/** Tells the account's devices who came and who had to go for it. */
async function tellDevices(
  scope: BrokerScope,
  request: FastifyRequest,
  device: DeviceSession,
  crowdedOut: readonly DeviceSession[],
): Promise<void> {
  try {
    await scope.transaction(async (tx) => {
      for (const { deviceId } of crowdedOut) {
        await recordAudit(tx, 'device-revoked', device, { deviceId, reason: 'too many devices' })
        await tx.emit('device', { deviceId, change: 'revoked' })
      }
      await tx.emit('device', { deviceId: device.deviceId, change: 'signed-in' })
    })
  } catch (error) {
    const ended = crowdedOut.map(({ deviceId }) => deviceId)
    // The session is there already; the sign-in must not fail for what is said about it.
    request.log.error({ err: error, brokerId: scope.brokerId, ended }, 'a sign-in could not be announced')
  }
}

async function leaveOtherAccount(
  deps: SignInDeps,
  request: FastifyRequest,
  before: DeviceSession,
): Promise<void> {
  try {
    await deps.scopeFor(before.brokerId).transaction(async (scope) => {
      await recordAudit(scope, 'signed-out', before, { reason: 'signed in to another account' })
      await scope.emit('device', { deviceId: before.deviceId, change: 'signed-out' })
    })
  } catch (error) {
    // Its session is over already; the new sign-in must not fail for the old account's log.
    request.log.error({ err: error, brokerId: before.brokerId }, 'a sign-out could not be recorded')
  }
}
