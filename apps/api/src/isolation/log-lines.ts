import type { Finding } from './canary.ts'
import type { World } from './world.ts'

/** Canaries of the account in log lines that do not say that they are about this very account. */
export function foreignLines(lines: readonly string[], { brokerId, canaries }: World): Finding[] {
  return lines
    .filter((line) => JSON.parse(line).brokerId !== brokerId)
    .flatMap((line) => canaries.find('a log line', line))
}
