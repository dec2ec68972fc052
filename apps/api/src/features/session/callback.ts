import { finishKiteSignIn, type SignInProblem } from '@stratdesk/contracts/session'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RoomDeps } from '../../app-deps.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { ProblemError } from '../../http/problem.ts'
import { admit } from '../../sign-in/admission.ts'
import { areKeysOf, type Exchange } from '../../sign-in/begin-login.ts'
import { completeSignIn } from '../../sign-in/complete-sign-in.ts'
import { loginByRequestToken, SignInRefused } from '../../sign-in/kite-login.ts'
import type { PendingLogin } from '../../sign-in/pending-sign-ins.ts'
import { recordRefusal } from '../../sign-in/record-refusal.ts'
import { cookieName, sessionKey } from '../../sign-in/session-plugin.ts'

/**
 * Where the broker sends the browser: every way it can end is a redirect to the web app, with a reason if it failed.
 * The cookie that binds the login to the browser stays: another tab may have begun a login with it, and it opens
 * nothing without a state that was not used.
 */
export function callbackRoute(deps: RoomDeps): void {
  const { route, pending, https, webOrigin } = deps

  /** Whoever is signed in stays so, and is told where they were; everybody else on the sign-in page. */
  const failed = (request: FastifyRequest, reply: FastifyReply, error: unknown, returnTo = '/') => {
    const problem = problemOf(error)
    if (problem === 'unavailable') request.log.warn({ err: error }, 'a sign-in failed')
    const back = new URL(request.session?.device ? returnTo : '/sign-in', webOrigin)
    back.searchParams.set('problem', problem)
    return reply.redirect(back.href, 303)
  }

  route(
    finishKiteSignIn,
    async ({ query, request, reply }) => {
      const { state, status, request_token: token } = query
      const isMalformed = [state, status, token].includes('')
      const cookie = request.cookies[cookieName('sign-in', https)]
      const login = isMalformed ? undefined : await pending.take(state, cookie)
      try {
        if (login === undefined) throw new SignInRefused('state-mismatch')
        if (status !== 'success') throw new SignInRefused('denied')
        if (token === undefined) throw new SignInRefused('broker-refused')
        await finishLogin(deps, { request, reply }, login, token)
        return reply.redirect(new URL(login.returnTo ?? '/', webOrigin).href, 303)
      } catch (error) {
        await recordRefusal(deps, request, error)
        return failed(request, reply, error, login?.returnTo)
      }
    },
    { perMinute: deps.signInsPerMinute, refused: (request, reply, error) => failed(request, reply, error) },
  )
}

function problemOf(error: unknown): SignInProblem {
  if (error instanceof SignInRefused) return error.reason
  return error instanceof ProblemError && error.code === 'limit-exceeded'
    ? 'too-many-sign-ins'
    : 'unavailable'
}

/** Trades the request token and signs in; throws SignInRefused when the login is not the one that was begun. */
async function finishLogin(
  deps: RoomDeps,
  exchange: Exchange,
  { keys, purpose, expects }: PendingLogin,
  requestToken: string,
): Promise<void> {
  const { request } = exchange
  if (expects) await requireUnchanged(deps, request, expects, keys)
  const login = await loginByRequestToken(deps.broker, keys, requestToken)
  if (expects && login.brokerId !== expects.brokerId) {
    await recordOtherAccount(deps, request, purpose)
    throw new SignInRefused('other-account', { brokerId: login.brokerId })
  }
  await admit(deps, request, login)
  // First: until the answer is there, the browser's other tabs have only the cookie of the session that ends.
  await deps.refreshInstruments(login)
  // Again: another device may have changed that while the broker was asked.
  if (expects) await requireUnchanged(deps, request, expects, keys)
  await completeSignIn(deps, exchange, login, { method: 'redirect', purpose })
}

/**
 * The device that asked its broker to vouch for it again must be signed in still, and the keys be the account's: a login
 * must undo neither a sign-out nor a change of keys.
 */
async function requireUnchanged(
  deps: RoomDeps,
  { session }: FastifyRequest,
  expects: NonNullable<PendingLogin['expects']>,
  keys: PendingLogin['keys'],
): Promise<void> {
  const { device } = session
  const isIt = device?.brokerId === expects.brokerId && device.deviceId === expects.deviceId
  const isUnchanged =
    isIt &&
    (await deps.sessions.isLive(sessionKey(session.sessionId))) &&
    (await areKeysOf(deps, deps.scopeFor(device.brokerId), keys))
  if (!isUnchanged) throw new SignInRefused('state-mismatch')
}

async function recordOtherAccount(
  deps: RoomDeps,
  { session: { device } }: FastifyRequest,
  purpose: PendingLogin['purpose'],
): Promise<void> {
  if (!device) return
  const detail = { reason: 'other-account', purpose }
  await recordAudit(deps.scopeFor(device.brokerId), 'sign-in-refused', device, detail)
}
