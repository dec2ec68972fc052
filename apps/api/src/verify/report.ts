import type { Line } from './line.ts'

/** The lines as a table, each fault with its way out under it, and a last line that counts them. */
export function tableOf(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(({ check }) => check.length))
  const rows = lines.flatMap(({ check, result, saw, fix }) => [
    `${words[result]}  ${check.padEnd(width)}  ${saw}`,
    ...(fix === undefined ? [] : [`${' '.repeat(words.ok.length + width + 4)}To do: ${fix}`]),
  ])
  const count = (result: Line['result']) => lines.filter((line) => line.result === result).length
  const [faults, skipped] = [count('fault'), count('not tried')]
  const sum = faults === 0 ? 'No faults' : `${faults} ${faults === 1 ? 'fault' : 'faults'}`
  return [...rows, '', `${sum}: ${count('ok')} in order, ${skipped} not tried.`].join('\n')
}

const words = { ok: 'ok       ', fault: 'FAULT    ', 'not tried': 'not tried' } as const
