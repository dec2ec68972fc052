import { appPath } from '@stratdesk/contracts/values'
import { z } from 'zod'
import { problemParam } from '../../api/return-problem.ts'

/** The sign-in page's URL: why a sign-in failed or ended, and where to go afterwards (a path of this app only). */
export const signInSearch = z.object({
  problem: problemParam,
  ended: z.enum(['here', 'everywhere', 'elsewhere']).optional().catch(undefined),
  /** Opened by somebody signed in whose account has no keys to log in with. */
  renew: z.boolean().optional().catch(undefined),
  from: z.string().regex(appPath).max(2000).optional().catch(undefined),
})
export type SignInSearch = z.output<typeof signInSearch>
