import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { read } from '../rest/read.ts'
import type { KiteApp } from '../sessions.ts'
import type { Simulator } from '../simulator.ts'
import { demoPassword, findUser } from '../users.ts'
import { loginPage, loginRefusal, loginStyle } from './page.ts'

const echoed = z.string().max(2000).default('')
const pageSchema = z.object({
  api_key: z.string().max(200).default(''),
  redirect_params: echoed,
  user_id: z.string().max(20).default(''),
})
const formSchema = pageSchema.extend({
  password: z.string().max(200).default(''),
  decision: z.enum(['login', 'cancel']).default('login'),
})

// No `form-action`: browsers would also apply it to the redirects that follow the form.
const policy = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${hash('sha256', loginStyle, 'base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The login page and its form. The browser is only ever sent to the app's registered address. */
export function loginRoutes(app: FastifyInstance, sim: Simulator): void {
  app.get('/connect/login', (request, reply) => {
    const input = read(pageSchema, request.query)
    if (sim.sessions.app(input.api_key) === undefined) return refuse(reply)
    return html(reply, 200, page(input))
  })
  app.post('/connect/login', (request, reply) => {
    const input = read(formSchema, request.body)
    const kiteApp = sim.sessions.app(input.api_key)
    if (kiteApp === undefined) return refuse(reply)
    if (input.decision === 'cancel') {
      return reply.redirect(
        backTo(kiteApp, input.redirect_params, { action: 'login', status: 'cancelled' }),
        303,
      )
    }
    const user = findUser(input.user_id.trim().toUpperCase())
    if (user === undefined || input.password !== demoPassword) {
      return html(reply, 403, page({ ...input, error: 'Invalid user ID or password.' }))
    }
    const result = {
      action: 'login',
      type: 'login',
      status: 'success',
      request_token: sim.sessions.beginLogin(kiteApp.apiKey, user.id),
    }
    return reply.redirect(backTo(kiteApp, input.redirect_params, result), 303)
  })
}

const page = (input: z.output<typeof pageSchema> & { error?: string }): string =>
  loginPage({
    apiKey: input.api_key,
    redirectParams: input.redirect_params,
    userId: input.user_id,
    ...(input.error === undefined ? {} : { error: input.error }),
  })

const refuse = (reply: FastifyReply) => html(reply, 400, loginRefusal('Invalid `api_key`.'))

function html(reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    .send(body)
}

/** The registered address with the app's own parameters echoed; the simulator's own win over them. */
function backTo(kiteApp: KiteApp, echo: string, result: Readonly<Record<string, string>>): string {
  const url = new URL(kiteApp.redirectUrl)
  for (const [name, value] of new URLSearchParams(echo)) url.searchParams.set(name, value)
  url.searchParams.delete('request_token')
  for (const [name, value] of Object.entries(result)) url.searchParams.set(name, value)
  return url.toString()
}
