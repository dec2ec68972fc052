import { exportTrades, type TradeFilters } from '@stratdesk/contracts/trades'
import { callUrl } from '../../api/call.ts'
import { ProblemError, readProblem, unreachable } from '../../api/problem-error.ts'

const newline = 10

/** How many line ends a chunk holds. */
export function countLines(chunk: Uint8Array): number {
  let count = 0
  for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) count += 1
  return count
}

/**
 * Fetches the filtered trades as CSV and tells after each chunk how many rows have come (the heading is not one).
 * Throws `ProblemError`, or the signal's reason when it was cancelled; a download cut half-way is a failure, never a
 * shorter file.
 */
export async function fetchTradesCsv(
  filters: TradeFilters,
  signal: AbortSignal,
  onRows: (rows: number) => void,
): Promise<Blob> {
  try {
    const reply = await fetch(callUrl(exportTrades, { query: filters }), { credentials: 'include', signal })
    if (!reply.ok) throw await readProblem(reply)
    const chunks: Uint8Array<ArrayBuffer>[] = []
    let rows = -1
    for (const reader = (reply.body ?? new ReadableStream()).getReader(); ;) {
      const { done, value } = await reader.read()
      if (done) return new Blob(chunks, { type: 'text/csv' })
      chunks.push(value)
      rows += countLines(value)
      onRows(Math.max(0, rows))
    }
  } catch (error) {
    if (signal.aborted || error instanceof ProblemError) throw error
    throw unreachable(false, error)
  }
}

/** Gives a file to the browser's downloads. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has taken its reference by the time the next turn runs.
  setTimeout(() => URL.revokeObjectURL(url))
}
