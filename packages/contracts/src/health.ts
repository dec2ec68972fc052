import { z } from 'zod'
import { endpoint } from './endpoint.ts'

export const getHealth = endpoint({
  name: 'getHealth',
  room: 'health',
  method: 'GET',
  path: '/healthz',
  summary: 'The process is up',
  signedIn: false,
  replies: { 200: z.object({ status: z.literal('ok') }) },
})

export const Readiness = z.object({
  status: z.enum(['ready', 'not-ready']),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), message: z.string().optional() })),
  /** What does not fit together among the processes of the server; it keeps none of them from serving. */
  servers: z.object({ status: z.enum(['ok', 'attention']), findings: z.array(z.string()) }),
})
export type Readiness = z.infer<typeof Readiness>

export const getReadiness = endpoint({
  name: 'getReadiness',
  room: 'health',
  method: 'GET',
  path: '/readyz',
  summary: 'Database, session store and migrations are ready',
  signedIn: false,
  replies: { 200: Readiness, 503: Readiness },
})
