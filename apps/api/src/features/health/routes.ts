import { getHealth, getReadiness } from '@stratdesk/contracts/health'
import type { FastifyBaseLogger } from 'fastify'
import type { AddRoute } from '../../http/route.ts'
import type { Finding } from '../../registry/findings.ts'
import { sharedAnswer } from './shared-answer.ts'

/** Resolves when something the server needs can be used; its rejection's words are for the operator's log. */
export type ReadinessCheck = () => Promise<void>

const checkMs = 1500
/** How old a readiness may be that is told: less than anything that asks waits between two calls. */
const keptMs = 500

/** For load balancers and supervisors: whether the process is up, and whether it can serve. */
export function healthRoutes(
  route: AddRoute,
  checks: Readonly<Record<string, ReadinessCheck>>,
  findings: () => readonly Finding[],
): void {
  route(getHealth, async () => ({ status: 'ok' as const }))

  // Anybody may ask, so the database is not asked anew for each.
  const lookAtAll = sharedAnswer((log: FastifyBaseLogger) => resultsOf(checks, log), keptMs)
  route(getReadiness, async ({ reply, request }) => {
    const results = await lookAtAll(request.log)
    const isReady = results.every(([, result]) => result.ok)
    const messages = findings().map(({ message }) => message)
    const body = {
      status: isReady ? 'ready' : 'not-ready',
      checks: Object.fromEntries(results),
      servers: { status: messages.length === 0 ? 'ok' : 'attention', findings: messages },
    } as const
    return isReady ? body : reply.code(503).send(body)
  })
}

function resultsOf(checks: Readonly<Record<string, ReadinessCheck>>, log: FastifyBaseLogger) {
  return Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await inTime(check())
        return [name, { ok: true }] as const
      } catch (error) {
        log.warn({ err: error, check: name }, 'not ready')
        return [name, { ok: false, message: 'Does not answer' }] as const
      }
    }),
  )
}

async function inTime(check: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`No answer within ${checkMs} ms`)), checkMs)
  try {
    await Promise.race([check, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
