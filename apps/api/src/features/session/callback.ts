import { finishKiteSignIn, type SignInProblem } from '@stratdesk/contracts/session'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RoomDeps } from '../../app-deps.ts'
import { completeSignIn } from '../../sign-in/complete-sign-in.ts'
import { loginByRequestToken, SignInRefused } from '../../sign-in/kite-login.ts'
import { cookieName } from '../../sign-in/session-plugin.ts'

/**
 * Where the broker sends the browser: every way it can end is a redirect to the web app, with a reason if it failed.
 * The cookie that binds the login to the browser stays: another tab may have begun a login with it, and it opens
 * nothing without a state that was not used.
 */
export function callbackRoute(deps: RoomDeps): void {
  const { route, broker, pending, https, webOrigin } = deps
  const failed = (reply: FastifyReply, problem: SignInProblem) =>
    reply.redirect(`${webOrigin}/sign-in?problem=${problem}`, 303)
  const refused = (request: FastifyRequest, reply: FastifyReply, error: unknown) => {
    const problem = error instanceof SignInRefused ? error.reason : 'unavailable'
    request.log.warn({ err: error, problem }, 'sign-in failed')
    return failed(reply, problem)
  }

  route(
    finishKiteSignIn,
    async ({ query, request, reply }) => {
      const { state, status, request_token: token } = query
      if ([state, status, token].includes('')) return failed(reply, 'state-mismatch')
      const keys = pending.take(state, request.cookies[cookieName('sign-in', https)])
      if (keys === undefined) return failed(reply, 'state-mismatch')
      if (status !== 'success') return failed(reply, 'denied')
      if (token === undefined) return failed(reply, 'broker-refused')
      const login = await loginByRequestToken(broker, keys, token)
      // First: until the answer is there, the browser's other tabs have only the cookie of the session that ends.
      await deps.refreshInstruments(login)
      await completeSignIn(deps, request, login, 'redirect')
      return reply.redirect(`${webOrigin}/`, 303)
    },
    { perMinute: deps.signInsPerMinute, refused },
  )
}
