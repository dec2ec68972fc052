import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './values.ts'

/** What `pnpm prove` found out about the walls between accounts; see docs/isolation.md. */
export const Proof = z.object({
  at: Instant,
  /** The commit it was run on. */
  commit: z.string(),
  /** Whether sources had changes that were in no commit. */
  dirty: z.boolean(),
  /** Whether it was the long variant. */
  long: z.boolean(),
  ok: z.boolean(),
  proofs: z.array(
    z.object({ name: z.string(), cases: z.int(), seconds: z.number().nonnegative(), ok: z.boolean() }),
  ),
})
export type Proof = z.infer<typeof Proof>

/** What runs here and since when. `proof` is null when none was run on this very commit. */
export const About = z.object({
  version: z.string(),
  /** Null when the server does not run from a git checkout. */
  commit: z.string().nullable(),
  node: z.string(),
  startedAt: Instant,
  proof: Proof.nullable(),
})
export type About = z.infer<typeof About>

export const getAbout = endpoint({
  name: 'getAbout',
  room: 'about',
  method: 'GET',
  path: '/api/about',
  summary: 'What this server runs, and what the last proof of isolation on this commit found',
  replies: { 200: About },
})
