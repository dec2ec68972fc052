import {
  getSignInOptions,
  signInWithAccessToken,
  signInWithRequestToken,
  startKiteSignIn,
} from '@stratdesk/contracts/session'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { RoomDeps } from '../../app-deps.ts'
import { invalidFields, ProblemError } from '../../http/problem.ts'
import { admit } from '../../sign-in/admission.ts'
import { beginLogin, type Exchange } from '../../sign-in/begin-login.ts'
import { completeSignIn } from '../../sign-in/complete-sign-in.ts'
import type { DeviceSession } from '../../sign-in/device-session.ts'
import { type BrokerLogin, loginByAccessToken, loginByRequestToken } from '../../sign-in/kite-login.ts'
import type { BrokerKeys } from '../../sign-in/pending-sign-ins.ts'
import { logRefusal, recordRefusal } from '../../sign-in/record-refusal.ts'
import { refusalProblem } from '../../sign-in/sign-in-problem.ts'
import { sessionView } from './session-view.ts'

/** Signing in at the broker's page, or with a pasted token. The broker's redirect back is in callback.ts. */
export function signInRoutes(deps: RoomDeps): void {
  const { route, broker } = deps
  const limited = { perMinute: deps.signInsPerMinute }

  route(getSignInOptions, async () => ({
    serverKey: broker.serverKeys !== undefined,
    demo: broker.simulated,
  }))

  route(
    startKiteSignIn,
    async ({ body, ...call }) => {
      const keys = keysOf(body, broker.serverKeys)
      requireOwnApp(call.request, keys.apiKey, broker.serverKeys)
      return await beginLogin(deps, call, { keys, purpose: 'sign-in' })
    },
    limited,
  )

  route(
    signInWithRequestToken,
    async ({ body: { requestToken, ...keys }, ...call }) => {
      requireOwnApp(call.request, keys.apiKey, broker.serverKeys)
      const login = loginByRequestToken(broker, keys, requestToken)
      return await sessionView(deps, await signIn(login, call, 'request-token'))
    },
    limited,
  )

  route(
    signInWithAccessToken,
    async ({ body, ...call }) => {
      requireOwnApp(call.request, body.apiKey, broker.serverKeys)
      const login = loginByAccessToken(broker, body.apiKey, body.accessToken)
      return await sessionView(deps, await signIn(login, call, 'access-token'))
    },
    limited,
  )

  async function signIn(
    asked: Promise<BrokerLogin>,
    exchange: Exchange,
    method: 'request-token' | 'access-token',
  ): Promise<DeviceSession> {
    try {
      const login = await asked
      await admit(deps, exchange.request, login)
      await deps.refreshInstruments(login)
      return await completeSignIn(deps, exchange, login, { method, purpose: 'sign-in' })
    } catch (error) {
      await recordRefusal(deps, exchange.request, error)
      return refusalProblem(error)
    }
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
function requireOwnApp(request: FastifyRequest, apiKey: string, serverKeys: BrokerKeys | undefined): void {
  if (serverKeys === undefined || serverKeys.apiKey === apiKey) return
  logRefusal(request, 'another-app')
  throw new ProblemError(
    'broker-refused',
    'This server signs in with its own Kite app; use the API key of that app',
  )
}
