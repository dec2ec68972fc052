import { readFileSync, readlinkSync } from 'node:fs'
import type { ServerFacts } from '@stratdesk/data/servers'

/**
 * Names where ids of processes mean what they mean here: this start of the kernel and, in it, the namespace of process
 * ids, which a container has of its own whatever its host name is. Null on systems that do not tell.
 */
export function processPlace(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return null
  }
}

/** Whether another server is known to be no more: one that was killed could not say so. */
export function isGone(other: Pick<ServerFacts, 'id' | 'pid' | 'place'>, self: ServerFacts): boolean {
  if (other.id === self.id || other.place === null || other.place !== self.place) return false
  try {
    process.kill(other.pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
