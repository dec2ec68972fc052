import { z } from 'zod'
import { defaultRedirectUrl, type KiteSimOptions, type ListenOptions } from './app.ts'
import { instantSchema, speedSchema } from './rest/sim.ts'

const number = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number)

const environment = z.object({
  KITE_SIM_PORT: number.pipe(z.int().max(65_535)).default(4010),
  KITE_SIM_SEED: z.string().min(1).default('stratdesk'),
  KITE_SIM_REDIRECT_URL: z.url({ protocol: /^https?$/ }).default(defaultRedirectUrl),
  KITE_SIM_SPEED: number.pipe(speedSchema).default(1),
  KITE_SIM_START: instantSchema.optional(),
})

/** The settings of the process, or one line that names the variable at fault. An empty variable counts as unset. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
): (KiteSimOptions & Required<Pick<ListenOptions, 'port'>>) | string {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = environment.safeParse(set)
  if (!result.success) {
    const name = String(result.error.issues[0]?.path[0])
    return `kite-sim: ${name} cannot be "${set[name] ?? ''}"`
  }
  const start = result.data.KITE_SIM_START
  return {
    port: result.data.KITE_SIM_PORT,
    seed: result.data.KITE_SIM_SEED,
    redirectUrl: result.data.KITE_SIM_REDIRECT_URL,
    speed: result.data.KITE_SIM_SPEED,
    ...(start === undefined ? {} : { start: Temporal.Instant.fromEpochMilliseconds(start).toString() }),
  }
}
