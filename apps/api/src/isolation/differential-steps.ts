import fc from 'fast-check'
import type { Operation } from './differential-operation.ts'
import { reads } from './differential-reads.ts'
import { writes } from './differential-writes.ts'

/** What happens to a server: something to one of its two accounts, or a restart. */
export type Step = { readonly who: 'A' | 'B'; readonly operation: Operation } | 'restart'

const as = (who: 'A' | 'B', ...weighted: readonly fc.WeightedArbitrary<Operation>[]) =>
  fc.oneof(...weighted).map((chosen): Step => ({ who, operation: chosen }))

/** One step: A reads and writes, B mostly writes, and now and then the server is restarted. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 96, arbitrary: as('A', ...writes, ...reads) },
  { weight: 60, arbitrary: as('B', ...writes, { weight: 6, arbitrary: fc.oneof(...reads) }) },
  { weight: 1, arbitrary: fc.constant<Step>('restart') },
)

/** A step in words. */
export function describeStep(what: Step): string {
  return what === 'restart' ? '  the server is restarted' : `  ${what.who} ${what.operation.words}`
}
