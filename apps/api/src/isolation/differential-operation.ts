import fc from 'fast-check'
import type { Answer } from './differential-canonical.ts'
import { browsersEach, type Person } from './differential-person.ts'

/** One thing that happens to an account: what it is in words, and how it is done. */
export interface Operation {
  readonly words: string
  /** Does it; answers what the account saw of it, nothing where nobody was asked. */
  readonly act: (person: Person) => Promise<Answer | undefined>
}

const unknownId = '01900000-0000-7000-8000-000000000000'

/** Declares an operation: what is chosen by chance, the words for it, and how it is done. */
export function operation<Chosen>(
  chosen: fc.Arbitrary<Chosen>,
  words: (chosen: Chosen) => string,
  act: (person: Person, chosen: Chosen) => Promise<Answer | undefined>,
): fc.Arbitrary<Operation> {
  return chosen.map((one) => ({ words: words(one), act: (person) => act(person, one) }))
}

/** One of the account's browsers, by its number. */
export const browser = fc.nat({ max: browsersEach - 1 })
/** The number of a run or a device, counted round those there are. */
export const place = fc.nat({ max: 4 })
/** How many rows a page has. */
export const few = fc.integer({ min: 1, max: 3 })
/** One of the values. */
export const one = <const Value>(...values: readonly Value[]) => fc.constantFrom(...values)
/** The id at a number; one that nobody has where there are none. */
export const pick = (ids: readonly string[], index: number) =>
  ids[index % Math.max(1, ids.length)] ?? unknownId
