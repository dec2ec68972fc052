import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { istText } from '../ist.ts'
import { inputError } from '../kite-error.ts'
import type { Simulator } from '../simulator.ts'
import { findUser, type User } from '../users.ts'
import { signedIn, success } from './plumbing.ts'
import { read } from './read.ts'

const exchangeSchema = z.object({
  api_key: z.string().min(1).max(200),
  request_token: z.string().min(1).max(200),
  checksum: z.string().length(64),
})
const revokeSchema = z.object({ api_key: z.string().min(1), access_token: z.string().min(1) })

/** `/session/token`, `/user/profile`. */
export function sessionRoutes(app: FastifyInstance, sim: Simulator): void {
  app.post('/session/token', (request) => {
    const input = read(exchangeSchema, request.body)
    const { userId, accessToken } = sim.sessions.exchange(input.api_key, input.request_token, input.checksum)
    return success({
      ...profile(findUser(userId)),
      user_id: userId,
      api_key: input.api_key,
      access_token: accessToken,
      public_token: accessToken.slice(-32),
      refresh_token: '',
      login_time: istText(sim.world.second()),
    })
  })
  app.delete('/session/token', (request) => {
    const input = read(revokeSchema, request.query)
    if (sim.sessions.userOf(input.api_key, input.access_token) === undefined) {
      throw inputError('Invalid `access_token`.')
    }
    sim.sessions.revoke(input.access_token)
    return success(true)
  })
  app.get('/user/profile', (request) => {
    const { userId } = signedIn(request, sim.sessions)
    return success({ user_id: userId, ...profile(findUser(userId)) })
  })
}

function profile(user: User | undefined) {
  return {
    user_type: 'individual',
    user_name: user?.name ?? '',
    user_shortname: user?.shortName ?? '',
    email: user?.email ?? '',
    avatar_url: null,
    broker: 'SIMULATOR',
    exchanges: ['NSE', 'NFO', 'SIM'],
    products: ['CNC', 'NRML', 'MIS'],
    order_types: ['MARKET', 'LIMIT'],
    meta: { demat_consent: 'consent' },
  }
}
