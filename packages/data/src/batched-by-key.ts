/** How long a read may keep the next one waiting; one that takes longer has met trouble of its own. */
const patienceMs = 50

/**
 * Reads values by their keys, many with one call of `read`: all that are asked for in one turn of the event loop, and while
 * the read before is under way. A busy server then asks seldom and for many; a quiet one waits no longer than for the end of
 * its turn. A value is never of a read that began before it was asked for.
 */
export function batchedByKey<Value>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | undefined> {
  let asked: Set<string> | undefined
  let values: Promise<ReadonlyMap<string, Value>> | undefined
  let lastRead: Promise<void> = Promise.resolve()
  const readAsked = async (keys: ReadonlySet<string>) => {
    await new Promise(setImmediate)
    await lastRead
    asked = undefined
    const reading = read([...keys])
    lastRead = overOrLate(reading)
    return await reading
  }
  return async (key) => {
    if (asked === undefined || values === undefined) {
      asked = new Set()
      values = readAsked(asked)
    }
    asked.add(key)
    return (await values).get(key)
  }
}

/** Resolves when a read has ended, well or not, and after `patienceMs` at the latest. */
async function overOrLate(reading: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const late = setTimeout(resolve, patienceMs)
  reading.catch(() => undefined).finally(resolve)
  await promise
  clearTimeout(late)
}
