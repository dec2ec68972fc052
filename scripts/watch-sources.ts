import { existsSync, watch } from 'node:fs'

/** Calls back once, a moment after the last of a series of changes to program files in these folders. */
export function watchSources(folders: readonly string[], onChange: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  const watchers = folders.filter(existsSync).map((folder) =>
    watch(folder, { recursive: true }, (_event, file) => {
      if (file === null || !file.endsWith('.ts') || file.endsWith('.test.ts')) return
      clearTimeout(timer)
      timer = setTimeout(onChange, 250)
    }),
  )
  // Watching is a convenience: a system out of watches (ENOSPC) must not end the server.
  for (const watcher of watchers)
    watcher.on('error', (error) => console.warn(`Not watching: ${error.message}`))
  return {
    close() {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
    },
  }
}
