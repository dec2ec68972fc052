import { SignInProblem } from '@stratdesk/contracts/session'
import { z } from 'zod'

/** The sign-in page's URL: why a sign-in failed or ended, and where to go afterwards (a path of this app only). */
export const signInSearch = z.object({
  problem: SignInProblem.or(z.string().transform(() => 'unavailable' as const))
    .optional()
    .catch(undefined),
  ended: z.enum(['here', 'elsewhere']).optional().catch(undefined),
  /** Opened by somebody signed in, to renew the broker connection. */
  renew: z.boolean().optional().catch(undefined),
  from: z
    .string()
    .regex(/^\/(?![/\\])/)
    .max(2000)
    .optional()
    .catch(undefined),
})
export type SignInSearch = z.output<typeof signInSearch>
