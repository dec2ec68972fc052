/** What a child wrote, made fit for a terminal. */
export interface LogLine {
  readonly text: string
  /** Something a person should see without asking: a warning, an error, or plain text on stderr. */
  readonly matters: boolean
}

const warn = 40

/** Reads one line of a child: pino's JSON, or plain text. */
export function readLine(line: string, from: 'stdout' | 'stderr'): LogLine {
  const record = parseRecord(line)
  if (record === undefined) return { text: line, matters: from === 'stderr' && line.trim() !== '' }
  const level = typeof record['level'] === 'number' ? record['level'] : 30
  const error = record['err']
  const detail = typeof error === 'object' && error !== null ? Reflect.get(error, 'stack') : undefined
  return {
    text: [record['msg'], detail].filter((part) => typeof part === 'string').join('\n') || line,
    matters: level >= warn,
  }
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
