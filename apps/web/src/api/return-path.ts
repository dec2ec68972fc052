const pathKey = 'stratdesk-return-to'
const accountKey = 'stratdesk-account'
const keptMs = 15 * 60_000

/** Remembers where to go after the broker's login, which always comes back to `/`. For this tab, 15 min. */
export function keepReturnPath(path: string | undefined): void {
  const isPlace = path !== undefined && path !== '/'
  write(pathKey, isPlace ? JSON.stringify({ path, until: Date.now() + keptMs }) : undefined)
}

/** Takes the remembered place, once; nothing where it was another account's. */
export function takeReturnPath(brokerId: string): string | undefined {
  const kept = read(pathKey)
  write(pathKey, undefined)
  return ownPath(brokerId, pathOf(kept))
}

/** The place itself when this tab last showed the same account, or none; a place of another account is no place of this one. */
export function ownPath(brokerId: string, path: string | undefined): string | undefined {
  const before = read(accountKey)
  return before === undefined || before === brokerId ? path : undefined
}

/** Remembers whose places this tab shows; undefined forgets it. */
export function keepAccount(brokerId: string | undefined): void {
  write(accountKey, brokerId)
}

function pathOf(kept: string | undefined): string | undefined {
  try {
    const { path, until }: { path?: unknown; until?: unknown } = JSON.parse(kept ?? '{}')
    return typeof path === 'string' && typeof until === 'number' && until > Date.now() ? path : undefined
  } catch {
    return undefined
  }
}

function read(key: string): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined
  } catch {
    // Storage is switched off: the dashboard is a good enough place to return to.
    return undefined
  }
}

function write(key: string, value: string | undefined): void {
  try {
    if (value === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // As above.
  }
}
