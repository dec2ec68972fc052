import {
  getSession,
  getSignInOptions,
  signInWithAccessToken,
  signInWithRequestToken,
  signOut,
  startKiteSignIn,
} from '@stratdesk/contracts/session'
import type { z } from 'zod'
import type { RoomDeps } from '../../app-deps.ts'
import { readAccount } from '../../broker/connection-view.ts'
import { invalidFields, ProblemError } from '../../http/problem.ts'
import { completeSignIn } from '../../sign-in/complete-sign-in.ts'
import type { DeviceSession } from '../../sign-in/device-session.ts'
import { endDevices } from '../../sign-in/end-devices.ts'
import {
  type BrokerLogin,
  kiteLoginUrl,
  loginByAccessToken,
  loginByRequestToken,
} from '../../sign-in/kite-login.ts'
import { type BrokerKeys, signInMs } from '../../sign-in/pending-sign-ins.ts'
import { clearSessionCookie, cookieName, setSignInCookie } from '../../sign-in/session-plugin.ts'
import { refusalProblem } from '../../sign-in/sign-in-problem.ts'

/** Signing in, who is signed in, signing out. The broker's redirect back is in callback.ts. */
export function sessionRoutes(deps: RoomDeps): void {
  const { route, broker } = deps
  const limited = { perMinute: deps.signInsPerMinute }

  route(getSignInOptions, async () => ({
    serverKey: broker.serverKeys !== undefined,
    demo: broker.simulated,
  }))

  route(
    startKiteSignIn,
    async ({ body, request, reply }) => {
      const keys = keysOf(body, broker.serverKeys)
      requireOwnApp(keys.apiKey, broker.serverKeys)
      const { state, browser } = deps.pending.begin(keys, request.cookies[cookieName('sign-in', deps.https)])
      setSignInCookie(reply, browser, deps.https, signInMs)
      return { loginUrl: kiteLoginUrl(broker, keys.apiKey, state) }
    },
    limited,
  )

  route(
    signInWithRequestToken,
    async ({ body: { requestToken, ...keys }, request }) => {
      requireOwnApp(keys.apiKey, broker.serverKeys)
      const login = await loginByRequestToken(broker, keys, requestToken).catch(refusalProblem)
      return viewOf(deps, await signIn(login, request, 'request-token'))
    },
    limited,
  )

  route(
    signInWithAccessToken,
    async ({ body, request }) => {
      requireOwnApp(body.apiKey, broker.serverKeys)
      const login = await loginByAccessToken(broker, body.apiKey, body.accessToken).catch(refusalProblem)
      return viewOf(deps, await signIn(login, request, 'access-token'))
    },
    limited,
  )

  route(getSession, async ({ device }) => viewOf(deps, device))

  route(signOut, async ({ device, scope, request, reply }) => {
    await endDevices(deps, scope, device, 'signed-out', (other) => other.deviceId === device.deviceId)
    await request.session.destroy()
    clearSessionCookie(reply, deps.https)
  })

  async function signIn(
    login: BrokerLogin,
    request: Parameters<typeof completeSignIn>[1],
    method: 'request-token' | 'access-token',
  ): Promise<DeviceSession> {
    await deps.refreshInstruments(login)
    return await completeSignIn(deps, request, login, method)
  }
}

function keysOf(body: z.output<typeof startKiteSignIn.body>, serverKeys: BrokerKeys | undefined): BrokerKeys {
  const { apiKey, apiSecret } = body
  if (apiKey !== undefined && apiSecret !== undefined) return { apiKey, apiSecret }
  if (apiKey === undefined && apiSecret === undefined && serverKeys) return serverKeys
  throw invalidFields([
    ...(apiKey === undefined ? [{ path: 'apiKey', message: 'Enter the API key' }] : []),
    ...(apiSecret === undefined ? [{ path: 'apiSecret', message: 'Enter the API secret' }] : []),
  ])
}

/** Whoever made another app at the broker holds tokens of its users; a server with an app of its own takes no others. */
function requireOwnApp(apiKey: string, serverKeys: BrokerKeys | undefined): void {
  if (serverKeys === undefined || serverKeys.apiKey === apiKey) return
  throw new ProblemError(
    'broker-refused',
    'This server signs in with its own Kite app; use the API key of that app',
  )
}

async function viewOf(deps: RoomDeps, device: DeviceSession) {
  const scope = deps.scopeFor(device.brokerId)
  const { name, connection } = await readAccount(scope, deps.now(), deps.broker.simulated)
  return {
    brokerId: device.brokerId,
    name,
    device: { id: device.deviceId, label: device.label },
    signedInAt: new Date(device.authenticatedAt),
    expiresAt: new Date(device.expiresAt),
    connection,
  }
}
