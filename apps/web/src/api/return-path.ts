const key = 'stratdesk-return-to'
const keptMs = 15 * 60_000

/** Remembers where to go after the broker's login, which always comes back to `/`. For this tab, 15 min. */
export function keepReturnPath(path: string | undefined): void {
  try {
    if (path === undefined || path === '/') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify({ path, until: Date.now() + keptMs }))
  } catch {
    // Storage is switched off: the dashboard is a good enough place to return to.
  }
}

/** Takes the remembered place, once. */
export function takeReturnPath(): string | undefined {
  try {
    const kept = sessionStorage.getItem(key)
    if (kept === null) return undefined
    sessionStorage.removeItem(key)
    const { path, until }: { path?: unknown; until?: unknown } = JSON.parse(kept)
    return typeof path === 'string' && typeof until === 'number' && until > Date.now() ? path : undefined
  } catch {
    return undefined
  }
}
