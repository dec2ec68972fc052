import type { Plugin } from 'vitest/config'
import type { Edit } from './mutation.ts'

/** Makes edits in sources as they are loaded; nothing is written, and what was edited is not kept in Vitest's cache. */
export function mutate(edits: readonly Edit[]): Plugin {
  const editsOf = (id: string) => edits.filter(({ file }) => id.endsWith(`/${file}`))
  return {
    name: 'stratdesk:mutate',
    enforce: 'pre',
    configureVitest({ defineCacheKeyGenerator }) {
      defineCacheKeyGenerator(({ id }) => (editsOf(id).length > 0 ? false : undefined))
    },
    transform(code, id) {
      const changed = editsOf(id).reduce(edited, code)
      return changed === code ? undefined : changed
    },
  }
}

/** The text with the edit made; throws when what it changes does not stand there exactly once. */
export function edited(code: string, { file, from, to }: Edit): string {
  const parts = code.split(from)
  if (parts.length !== 2) {
    throw new Error(`${file} holds what a mutation changes ${parts.length - 1} times, not once: ${from}`)
  }
  return parts.join(to)
}
