import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program is that a shell would start by this name; undefined when there is none. */
export function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).find(existsSync)
}
