import { hostname } from 'node:os'
import { join } from 'node:path'
import type { AzureSettings } from '../../config.ts'
import type { Tell } from './outage.ts'
import { ShipperThread } from './shipper-thread.ts'

/** Less than what a process has to end in, with the answers that are under way. */
export const flushMs = 4000

/** Begins to ship this process' log. Azure is not waited for: it may be away, or refuse the key, which is then said. */
export function openLogShipper(azure: AzureSettings, dataDir: string, tell: Tell): ShipperThread {
  return new ShipperThread({ azure, writer: writerName(), spillDir: join(dataDir, 'log-spill') }, tell)
}

/** Host and boot: no two processes share it, so no two write to one blob. */
function writerName(): string {
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 63)
  return `${host}-${Date.now().toString(36)}${process.pid.toString(36)}`
}
