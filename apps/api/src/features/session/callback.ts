import { finishKiteSignIn, type SignInProblem } from '@stratdesk/contracts/session'
import type { RoomDeps } from '../../app-deps.ts'
import { completeSignIn } from '../../sign-in/complete-sign-in.ts'
import { loginByRequestToken, SignInRefused } from '../../sign-in/kite-login.ts'
import { clearSignInCookie, cookieName } from '../../sign-in/session-plugin.ts'

/** Where the broker sends the browser: every way it can end is a redirect to the web app, with a reason if it failed. */
export function callbackRoute(deps: RoomDeps): void {
  const { route, broker, pending, https, webOrigin } = deps
  route(
    finishKiteSignIn,
    async ({ query, request, reply }) => {
      const keys = pending.take(query.state, request.cookies[cookieName('sign-in', https)])
      let problem: SignInProblem | undefined
      if (keys === undefined) problem = 'state-mismatch'
      else if (query.status !== 'success') problem = 'denied'
      else if (!query.request_token) problem = 'broker-refused'
      else {
        try {
          const login = await loginByRequestToken(broker, keys, query.request_token)
          await completeSignIn(deps, request, login, 'redirect')
          await deps.refreshInstruments(login)
        } catch (error) {
          problem = error instanceof SignInRefused ? error.reason : 'unavailable'
          request.log.warn({ err: error, problem }, 'sign-in failed')
        }
      }
      clearSignInCookie(reply, https)
      return reply.redirect(problem ? `${webOrigin}/sign-in?problem=${problem}` : `${webOrigin}/`, 303)
    },
    { perMinute: deps.signInsPerMinute },
  )
}
