import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Answer } from './differential-canonical.ts'
import { Person } from './differential-person.ts'
import { describeStep, type Step, step } from './differential-steps.ts'
import { World } from './differential-world.ts'

const stepsEach = 50

/** How much is tried, and where chance begins. */
export interface DifferentialSettings {
  readonly runs: number
  readonly seed: number
  /** The way to one counterexample, to replay it alone. */
  readonly path?: string | undefined
  /** Stops at the first difference without looking for a shorter one. */
  readonly isHasty?: boolean
  /** Stops looking for a shorter one after so long. */
  readonly shrinkMs?: number
}

/** What came out: how many runs were equal, or a counterexample in words. */
export interface DifferentialResult {
  readonly runs: number
  readonly counterexample: string | undefined
  /** Which part of A's steps were answered, beside B, as one who is signed in: two equal 401s prove little. From 0 to 1. */
  readonly signedInShare: number
}

/**
 * Random operations of two accounts on one server, and the same operations of the first alone on a server and database of
 * its own: whatever it is answered must be the same, but for what chance names. Each run has accounts of its own.
 */
export async function proveDifferential(settings: DifferentialSettings): Promise<DifferentialResult> {
  const [shared, alone] = await Promise.all([World.open(), World.open()])
  const pairs = brokerPairs()
  const { runs, seed, path, isHasty = false, shrinkMs = 60_000 } = settings
  const tally = { answers: 0, refused: 0 }
  let stopAt = Infinity
  const property = fc.asyncProperty(steps, async (list) => {
    // Late in the search for a shorter counterexample nothing more is tried, and the shortest so far stays.
    if (Date.now() > stopAt) return
    const found = await firstDifference(shared, alone, pairs.next().value, list, tally)
    if (found === undefined) return
    stopAt = Math.min(stopAt, Date.now() + shrinkMs)
    throw new Error(found)
  })
  try {
    const details = await fc.check(property, {
      seed,
      numRuns: path === undefined ? runs : 1,
      endOnFailure: isHasty,
      ...(path === undefined ? {} : { path }),
    })
    const signedInShare = 1 - tally.refused / Math.max(1, tally.answers)
    if (!details.failed) return { runs: details.numRuns, counterexample: undefined, signedInShare }
    const found = details.counterexample?.[0] ?? []
    const { errorInstance: cause } = details
    const difference = cause instanceof Error ? cause.message : String(cause)
    const replay = `PROVE_SEED=${details.seed} PROVE_PATH=${details.counterexamplePath}`
    const words = found.map(describeStep).join('\n')
    return {
      runs: details.numRuns,
      signedInShare,
      counterexample: `A is answered otherwise beside B than alone, after\n${words}\n\n${difference}\n\nReplay with ${replay}`,
    }
  } finally {
    await Promise.all([shared.close(), alone.close()])
  }
}

const exactly = fc.array(step, { minLength: stepsEach, maxLength: stepsEach })
const atMost = fc.array(step, { maxLength: stepsEach })

/** Always fifty steps, but fewer in the search for a shorter counterexample. */
class Steps extends fc.Arbitrary<Step[]> {
  override generate(random: fc.Random, bias: number | undefined): fc.Value<Step[]> {
    return exactly.generate(random, bias)
  }

  override canShrinkWithoutContext(value: unknown): value is Step[] {
    return atMost.canShrinkWithoutContext(value)
  }

  override shrink(value: Step[], context: unknown): fc.Stream<fc.Value<Step[]>> {
    return atMost.shrink(value, context)
  }
}

const steps = new Steps()

/** Two ids that no run has used, the simulator's UK0001 and UK0002 first. */
function* brokerPairs(): Generator<readonly [string, string], never> {
  for (let number = 1; ; number += 2) {
    const id = (of: number) => `UK${String(of).padStart(4, '0')}`
    yield [id(number), id(number + 1)]
  }
}

/** How many answers A was given, and how many of them were 401. */
interface Tally {
  answers: number
  refused: number
}

/** What A is answered first that differs, in words; undefined when nothing does. */
async function firstDifference(
  shared: World,
  alone: World,
  [a, b]: readonly [string, string],
  list: readonly Step[],
  tally: Tally,
): Promise<string | undefined> {
  await alone.clear()
  const besideB = { A: new Person(shared, a), B: new Person(shared, b) }
  besideB.A.neighbour = besideB.B
  besideB.B.neighbour = besideB.A
  const byItself = { A: new Person(alone, a) }
  try {
    const [before, after] = await Promise.all([live(besideB, list), live(byItself, list)])
    const answered = before.filter((answer) => answer !== undefined)
    tally.answers += answered.length
    tally.refused += answered.filter(({ status }) => status === 401).length
    const at = before.findIndex((answer, index) => !isDeepStrictEqual(answer, after[index]))
    if (at === -1) return undefined
    const what = list[at - 1]
    const wrote = what ? describeStep(what) : '  A reads the events before or behind all of this'
    return `${wrote}\n${apart(textOf(before[at]), textOf(after[at]))}`
  } finally {
    for (const person of [besideB.A, besideB.B, byItself.A]) person.leave()
  }
}

function textOf(answer: Answer | undefined): string {
  if (answer === undefined) return 'nothing'
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`)
  return [answer.status, ...headers, answer.body].join('\n')
}

/** Two texts from a little before the place where they part. */
function apart(besideB: string, alone: string): string {
  let at = 0
  while (at < besideB.length && besideB[at] === alone[at]) at++
  const part = (text: string) => `${at > 120 ? '…' : ''}${text.slice(Math.max(0, at - 120), at + 240)}`
  return `  beside B:\n${part(besideB)}\n  alone:\n${part(alone)}`
}

interface People {
  readonly A: Person
  readonly B?: Person
}

/** Lives through the steps that concern these people; answers what A saw before, at each of them, and at the end. */
async function live({ A, B }: People, list: readonly Step[]): Promise<(Answer | undefined)[]> {
  const answers: (Answer | undefined)[] = []
  const everybody = B ? [B, A] : [A]
  for (const person of everybody) await person.signInEverywhere()
  await B?.growOld()
  answers.push(await A.readEvents(0))
  for (const what of list) {
    if (what === 'restart') {
      await A.world.restart()
      for (const person of everybody) person.meetNewServer()
      answers.push(undefined)
    } else {
      const person = what.who === 'A' ? A : B
      const seen = person && (await what.operation.act(person))
      answers.push(what.who === 'A' ? seen : undefined)
    }
  }
  if ((await A.browser(0).get('/api/session')).statusCode !== 200) await A.signIn(0)
  answers.push(await A.readEvents(0))
  return answers
}
