import { expect, test } from 'vitest'
import { differential, mutations, withoutPolicy, withoutShadow } from './mutation-list.ts'
import { runWith, typeFaultsWith } from './mutation-run.ts'
import { typeHoles } from './mutation-types.ts'

const patience = { timeout: 600_000 }
const isWhole = process.env['PROVE'] === '1'
const made = isWhole ? mutations : mutations.filter(({ isAlways }) => isAlways)

/** Each beside its name, which Vitest would cut short if it took it out of the object. */
function named<Named extends { readonly hole: string }>(list: readonly Named[]) {
  return list.map((one) => [one.hole, one] as const)
}

test('S40 where there is no hole, every proof that is asked below holds', patience, async () => {
  const asked = made.flatMap(({ caughtBy }) => caughtBy)
  const { passed, failed } = await runWith([], asked, 2)
  expect(failed).toEqual([])
  const silent = asked.filter(({ promise }) => !passed.some((name) => name.includes(promise)))
  expect(silent).toEqual([])
})

test.each(named(made))('S40 a hole is noticed: %s', patience, async (_hole, { edits, caughtBy }) => {
  const { failed } = await runWith(edits, caughtBy, 100)
  const missed = caughtBy.filter(({ promise }) => !failed.some((name) => name.includes(promise)))
  expect(missed).toEqual([])
})

const oneWall = [
  ['row security, where reads are not held to their broker', withoutShadow],
  ['the scope, where the policies let every row be seen', withoutPolicy],
] as const

test.each(isWhole ? oneWall : [])('S40 one wall alone holds: %s', patience, async (_wall, edit) => {
  const { passed, failed } = await runWith([edit], [differential], 6)
  expect(failed).toEqual([])
  expect(passed).toHaveLength(1)
})

let faults: ReturnType<typeof typeFaultsWith> | undefined
/** What the compiler says where there is no hole, and then of each hole in the types. */
const typeFaults = () => (faults ??= typeFaultsWith([undefined, ...typeHoles.map(({ edit }) => edit)]))

test('S40 the type law compiles', patience, async () => {
  expect((await typeFaults())[0]).toBe('')
})

test.each(named(typeHoles))('S40 a hole in the types is noticed: %s', patience, async (_hole, hole) => {
  const found = (await typeFaults())[typeHoles.indexOf(hole) + 1]
  expect(found).toContain("error TS2578: Unused '@ts-expect-error' directive")
})
