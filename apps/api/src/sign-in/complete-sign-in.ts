import { accountState } from '@stratdesk/data/accounts'
import { saveConnection, storedApiKey } from '@stratdesk/data/connections'
import type { BrokerId } from '@stratdesk/data/broker-id'
import type { BrokerScope } from '@stratdesk/data/scope'
import { uuidv7 } from '@stratdesk/data/uuid'
import type { Vault } from '@stratdesk/data/vault'
import { nextTokenDeath } from '@stratdesk/kite/time'
import type { FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/record-audit.ts'
import { ProblemError } from '../http/problem.ts'
import type { EventHub } from '../live/event-hub.ts'
import { tellAccountLeft, tellDevices } from './after-sign-in.ts'
import type { Exchange } from './begin-login.ts'
import { deviceLabel } from './device-label.ts'
import type { DeviceSession } from './device-session.ts'
import { afterEnding, endDevices } from './end-devices.ts'
import { type BrokerLogin, SignInRefused } from './kite-login.ts'
import { knownDevice, markDevice } from './known-device.ts'
import type { PendingLogin } from './pending-sign-ins.ts'
import { recallLabel, rememberDevice } from './remembered-devices.ts'
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

/** How a sign-in came about. */
export interface SignInWay {
  readonly method: 'redirect' | 'request-token' | 'access-token'
  readonly purpose: PendingLogin['purpose']
}

const actions = { 'sign-in': 'signed-in', 'step-up': 'stepped-up', renew: 'connection-renewed' } as const

/**
 * Signs this browser in to the account the broker vouched for. Account, connection and audit row are committed first,
 * so that a failure of the database leaves the browser with the session it had; then it is given one with a new id,
 * and whatever session and streams it had are over.
 */
export async function completeSignIn(
  deps: SignInDeps,
  { request, reply }: Exchange,
  login: BrokerLogin,
  way: SignInWay,
): Promise<DeviceSession> {
  const before = request.session.device
  const scope = deps.scopeFor(login.brokerId)
  const device = await deviceOf(request, login.brokerId, way, deps)
  const ended = await endOthersOfOldKey(deps, scope, device, login)
  await afterEnding(ended, () => keepLogin(deps, scope, device, login, way))
  const crowdedOut = await startSession(deps.sessions, scope, request, device, way)
  markDevice(reply, device)
  // Its own too: whatever session this device had is over, also one that this request did not show.
  await deps.hub.closeDevices(
    scope,
    [device, ...crowdedOut].map(({ deviceId }) => deviceId),
  )
  await tellDevices(scope, request, device, { isNew: way.purpose === 'sign-in', crowdedOut })
  if (before && before.brokerId !== login.brokerId) {
    const left = deps.scopeFor(before.brokerId)
    await deps.hub.closeDevices(left, [before.deviceId])
    await tellAccountLeft(left, request, before)
  }
  return device
}

/** Which device this browser is to the account: the one it is or was there, or a new one. */
async function deviceOf(
  request: FastifyRequest,
  brokerId: BrokerId,
  { method }: SignInWay,
  deps: SignInDeps,
): Promise<DeviceSession> {
  const now = deps.now()
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, 400)
  const { device: session } = request.session
  const isSame = session?.brokerId === brokerId
  const before = isSame ? session : await rememberedDevice(request, brokerId, deps)
  // An access token shows that somebody logged in today, anywhere: nobody did now, or need be there (ASVS 7.5.1).
  const authenticatedAt = method !== 'access-token' ? now : isSame ? session.authenticatedAt : 0
  return {
    brokerId,
    deviceId: before?.deviceId ?? uuidv7(),
    label: before?.label ?? deviceLabel(userAgent),
    userAgent,
    ip: request.ip,
    createdAt: before?.createdAt ?? now,
    authenticatedAt,
    lastSeenAt: now,
    expiresAt: now + deps.lifetimeMs,
  }
}

/** The device that the browser's cookie names, if it is the same account's and not forgotten. */
async function rememberedDevice(
  request: FastifyRequest,
  brokerId: BrokerId,
  { scopeFor }: SignInDeps,
): Promise<{ readonly deviceId: string; readonly label: string; readonly createdAt?: number } | undefined> {
  const known = knownDevice(request)
  if (known?.brokerId !== brokerId) return undefined
  const label = await recallLabel(scopeFor(brokerId), known.deviceId)
  return label === undefined ? undefined : { deviceId: known.deviceId, label }
}

/**
 * Another API key is a change of keys (check 22): devices that came with the old one have to sign in again. Before
 * anything is stored, so that a sign-in which fails half-way and is tried again still ends them.
 */
async function endOthersOfOldKey(
  deps: SignInDeps,
  scope: BrokerScope,
  device: DeviceSession,
  { apiKey }: BrokerLogin,
): Promise<number> {
  const stored = await storedApiKey(scope)
  if (stored === undefined || stored === apiKey) return 0
  return await endDevices(deps, scope, device, 'keys-changed', ({ deviceId }) => deviceId !== device.deviceId)
}

async function keepLogin(
  { vault, now }: SignInDeps,
  scope: BrokerScope,
  device: DeviceSession,
  login: BrokerLogin,
  { method, purpose }: SignInWay,
): Promise<void> {
  await scope.transaction(async (tx) => {
    const account = await tx
      .insert('broker_accounts', { name: login.name })
      .onConflict((conflict) => conflict.column('broker_id').doUpdateSet({ name: login.name }))
      .returning('disabled_at')
      .executeTakeFirstOrThrow()
    // It may have been disabled since it was admitted.
    if (account.disabled_at)
      throw new SignInRefused('not-allowed', { brokerId: tx.brokerId, because: 'disabled' })
    await saveConnection(tx, vault, {
      apiKey: login.apiKey,
      ...(login.apiSecret === null ? {} : { apiSecret: login.apiSecret }),
      accessToken: login.accessToken,
      expiresAt: nextTokenDeath(new Date(now())),
      deviceId: device.deviceId,
      deviceLabel: device.label,
    })
    await rememberDevice(tx, device)
    await recordAudit(tx, actions[purpose], device, { method, userAgent: device.userAgent })
  })
}

/** Puts the device under a new session id; answers the devices that had to go for it. */
async function startSession(
  sessions: SessionStore,
  scope: BrokerScope,
  request: FastifyRequest,
  device: DeviceSession,
  { purpose }: SignInWay,
): Promise<readonly DeviceSession[]> {
  try {
    if (request.session.device) await endEarlier(sessions, request, purpose)
    await request.session.regenerate()
    request.session.device = device
    const key = sessionKey(request.session.sessionId)
    const crowdedOut = await sessions.set(key, device)
    await refuseDisabled(scope, () => sessions.destroy(key, 'account-disabled'))
    // Marks the session as saved, which makes the plugin send its cookie.
    await request.session.save()
    return crowdedOut
  } catch (error) {
    if (error instanceof SignInRefused && error.because !== 'disabled') throw error
    // So that the plugin does not try to keep it when the answer is sent. A store that is out cannot end it either,
    // and nobody was given its cookie.
    if (request.session?.device === device) await request.session.destroy().catch(() => {})
    if (error instanceof SignInRefused) throw error
    const message = 'The broker login was kept, but this device could not be signed in. Try again in a moment'
    throw new ProblemError('unavailable', message, { retryAfterSeconds: 1, cause: error })
  }
}

/**
 * Whoever was disabling the account while it signed in ended the sessions that there were, and not this one, which would
 * count again as soon as the account is enabled. What is disabled after this look finds the session in the store.
 */
async function refuseDisabled(scope: BrokerScope, end: () => Promise<void>): Promise<void> {
  const account = await accountState(scope)
  if (!account?.disabledAt) return
  await end()
  throw new SignInRefused('not-allowed', { brokerId: scope.brokerId, because: 'disabled' })
}

/**
 * Ends the session that this browser has. A step-up or renewal goes on with that session: when somebody else ended it
 * while the broker was asked, it is refused. The first reason of an ending stays, so that exactly one of the two wins.
 */
async function endEarlier(
  sessions: SessionStore,
  { session }: FastifyRequest,
  purpose: SignInWay['purpose'],
): Promise<void> {
  const key = sessionKey(session.sessionId)
  await sessions.destroy(key, 'signed-in-again')
  if (purpose === 'sign-in' || (await sessions.endedBecause(key)) === 'signed-in-again') return
  throw new SignInRefused('state-mismatch')
}
