import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Simulator } from '../simulator.ts'
import { read } from './read.ts'

/** How fast time runs and what time it is (ISO 8601, UTC). */
export interface ClockState {
  readonly speed: number
  readonly now: string
}

const earliest = Temporal.Instant.from('2000-01-01T00:00:00Z').epochMilliseconds
/** The ticker's times are signed 32-bit seconds. */
const latest = Temporal.Instant.from('2038-01-01T00:00:00Z').epochMilliseconds

/** Reads an ISO 8601 instant between 2000 and 2038 as epoch milliseconds. */
export const instantSchema = z.string().transform((text, context): number => {
  try {
    const ms = Temporal.Instant.from(text).epochMilliseconds
    if (ms >= earliest && ms <= latest) return ms
  } catch {
    // Falls through to the same refusal as a time out of range.
  }
  context.addIssue({ code: 'custom', message: 'not an instant between 2000 and 2038' })
  return z.NEVER
})

/** Simulated seconds a wall second; 0 stops time. */
export const speedSchema = z.union([z.literal(0), z.number().min(0.01).max(3600)])

/** A change of the clock: first `now`, then `speed`, then `advance`. */
export const clockChangeSchema = z.strictObject({
  now: instantSchema.optional(),
  speed: speedSchema.optional(),
  advance: z.int().min(1).max(604_800).optional(),
})

/** What `PUT /sim/clock` takes. */
export type ClockChange = z.input<typeof clockChangeSchema>

/** `/sim/clock`, and `/sim/reset`, which forgets all orders and which tokens were used or revoked. */
export function simRoutes(app: FastifyInstance, sim: Simulator): void {
  app.get('/sim/clock', () => clockState(sim))
  app.put('/sim/clock', (request) => changeClock(sim, request.body))
  app.post('/sim/reset', (_request, reply) => {
    sim.desk.reset()
    sim.sessions.reset()
    return reply.code(204).send()
  })
}

/** The clock as it stands. */
export const clockState = (sim: Simulator): ClockState => ({
  speed: sim.clock.speed(),
  now: Temporal.Instant.fromEpochMilliseconds(Math.floor(sim.clock.nowMs())).toString(),
})

/** Applies a change and answers once the ticks of advanced seconds were written. */
export async function changeClock(sim: Simulator, input: unknown): Promise<ClockState> {
  const change = read(clockChangeSchema, input)
  if (change.now !== undefined) await sim.world.jumpTo(change.now)
  if (change.speed !== undefined) sim.world.setSpeed(change.speed)
  if (change.advance !== undefined) await sim.world.advance(change.advance)
  return clockState(sim)
}
