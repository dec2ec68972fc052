import { saveConnection } from '@stratdesk/data/connections'
import type { BrokerId } from '@stratdesk/data/broker-id'
import type { BrokerScope } from '@stratdesk/data/scope'
import { uuidv7 } from '@stratdesk/data/uuid'
import type { Vault } from '@stratdesk/data/vault'
import { nextTokenDeath } from '@stratdesk/kite/time'
import type { FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/record-audit.ts'
import { deviceLabel } from './device-label.ts'
import type { DeviceSession } from './device-session.ts'
import type { BrokerLogin } from './kite-login.ts'
import { sessionKey } from './session-plugin.ts'
import type { SessionStore } from './session-store.ts'

/** What a sign-in needs of the server. */
export interface SignInDeps {
  readonly sessions: SessionStore
  readonly vault: Vault
  readonly scopeFor: (brokerId: BrokerId) => BrokerScope
  readonly lifetimeMs: number
  readonly now: () => number
}

type SignInMethod = 'redirect' | 'request-token' | 'access-token'

/**
 * Signs this browser in to the account the broker vouched for: account, connection, audit row and the new session
 * come about together or not at all. The session has a new id; whatever session the browser had is over.
 */
export async function completeSignIn(
  deps: SignInDeps,
  request: FastifyRequest,
  login: BrokerLogin,
  method: SignInMethod,
): Promise<DeviceSession> {
  const before = request.session.device
  const device = newDevice(request, login.brokerId, before, deps)
  try {
    await deps.scopeFor(login.brokerId).transaction(async (scope) => {
      await scope
        .insert('broker_accounts', { name: login.name })
        .onConflict((conflict) => conflict.column('broker_id').doUpdateSet({ name: login.name }))
        .execute()
      await saveConnection(scope, deps.vault, {
        apiKey: login.apiKey,
        apiSecret: login.apiSecret,
        accessToken: login.accessToken,
        expiresAt: nextTokenDeath(new Date(deps.now())),
        deviceId: device.deviceId,
        deviceLabel: device.label,
      })
      await recordAudit(scope, 'signed-in', device, { method, userAgent: device.userAgent })
      await scope.emit('device', { deviceId: device.deviceId, change: 'signed-in' })
      for (const crowdedOut of await startSession(deps.sessions, request, device)) {
        await recordAudit(scope, 'device-revoked', device, {
          deviceId: crowdedOut.deviceId,
          reason: 'too many devices',
        })
        await scope.emit('device', { deviceId: crowdedOut.deviceId, change: 'revoked' })
      }
    })
  } catch (error) {
    // Only a session that was begun here: the one the browser came with is still good.
    if (request.session?.device === device) await request.session.destroy()
    throw error
  }
  if (before && before.brokerId !== login.brokerId) await leaveOtherAccount(deps, request, before)
  return device
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
  await request.session.regenerate()
  request.session.device = device
  const crowdedOut = await sessions.set(sessionKey(request.session.sessionId), device)
  // Marks the session as saved, which makes the plugin send its cookie.
  await request.session.save()
  return crowdedOut
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
