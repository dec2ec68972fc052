/** A map that forgets what was used longest ago once it holds `limit` entries. */
export function recent<V>(limit: number): (key: string, make: () => V) => V {
  const kept = new Map<string, V>()
  return (key, make) => {
    const known = kept.get(key)
    const value = known ?? make()
    if (known !== undefined) kept.delete(key)
    else if (kept.size >= limit) kept.delete(kept.keys().next().value ?? key)
    kept.set(key, value)
    return value
  }
}
