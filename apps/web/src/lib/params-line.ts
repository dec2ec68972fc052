import type { Strategy } from '@stratdesk/contracts/strategies'
import { paramLines } from './param-text.ts'

/**
 * A run's parameters in one line: the instrument, then what differs from the defaults, then the rest, so that two
 * runs of one strategy can be told apart at a glance. Without the strategy the parameters keep their own names.
 */
export function paramsLine(
  params: Readonly<Record<string, unknown>>,
  strategy: Strategy | undefined,
): string {
  const { instrument, ...others } = params
  const isChosen = (name: string) => strategy !== undefined && others[name] !== strategy.defaults[name]
  const lines = paramLines(strategy?.paramsSchema ?? {}, others).toSorted(
    (a, b) => Number(isChosen(b.name)) - Number(isChosen(a.name)),
  )
  const texts = lines.map(({ title, value }) => `${title} ${value}`)
  return (typeof instrument === 'string' ? [instrument, ...texts] : texts).join(' · ')
}
