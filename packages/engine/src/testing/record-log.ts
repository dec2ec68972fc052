import type { EngineLog } from '../log.ts'

export interface LogEntry {
  readonly level: keyof EngineLog
  readonly fields: object
  readonly message: string
}

/** A log that keeps what it is told. */
export function recordLog(): { log: EngineLog; logged: readonly LogEntry[] } {
  const logged: LogEntry[] = []
  const record = (level: keyof EngineLog) => (fields: object, message: string) => {
    logged.push({ level, fields, message })
  }
  return {
    log: { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') },
    logged,
  }
}
