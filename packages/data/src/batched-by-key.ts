/**
 * Reads values by their keys: all that are asked for in one turn of the event loop with one call of `read`. A busy server
 * then asks once for several requests; a quiet one waits no longer than for the end of its turn.
 */
export function batchedByKey<Value>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | undefined> {
  let asked: Set<string> | undefined
  let values: Promise<ReadonlyMap<string, Value>> | undefined
  const readAsked = async (keys: ReadonlySet<string>) => {
    await new Promise(setImmediate)
    asked = undefined
    return await read([...keys])
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
