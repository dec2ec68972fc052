import type { Bench } from './bench.ts'
import { judge } from './findings.ts'
import { lineOf } from './page.ts'
import type { Measure } from './row.ts'

/** Of a mark: below it something became slower; between the two, the machine may have been noisy. */
const share = 0.8

/**
 * Whether every measure reaches 0.8 of its mark. One that does not is measured once more, because another program may
 * have had the machine.
 */
export async function passesGate(
  bench: Pick<Bench, 'measure'>,
  measures: readonly Measure[],
  tell: (line: string) => void = console.log,
): Promise<boolean> {
  const failed: string[] = []
  for (const measure of measures) {
    const isWell = async () => {
      const values = await bench.measure(measure)
      tell(lineOf(measure, values, share))
      return judge(measure, values, share).isReached
    }
    if (!(await isWell()) && !(await isWell())) failed.push(measure.name)
  }
  if (failed.length > 0) tell(`Below ${share} of the mark, twice: ${failed.join(', ')}`)
  return failed.length === 0
}
