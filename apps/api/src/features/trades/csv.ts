import type { TradeRow } from './queries.ts'

const columns: readonly (readonly [string, (row: TradeRow) => string | number])[] = [
  ['Trade id', (row) => row.id],
  ['Run', (row) => row.runName],
  ['Run id', (row) => row.runId],
  ['Strategy', (row) => row.strategyId],
  ['Instrument', (row) => row.instrument],
  ['Side', (row) => row.side],
  ['Quantity', (row) => row.quantity],
  ['Entry time (UTC)', (row) => row.entryAt.toISOString()],
  ['Entry price', (row) => row.entryPrice],
  ['Exit time (UTC)', (row) => row.exitAt.toISOString()],
  ['Exit price', (row) => row.exitPrice],
  ['Gross', (row) => row.gross],
  ['Charges', (row) => row.charges],
  ['Net', (row) => row.net],
  ['Entry reason', (row) => row.entryReason],
  ['Exit reason', (row) => row.exitReason],
  ['Mode', (row) => row.mode],
]

const rowsPerChunk = 200

/**
 * Trades as CSV after RFC 4180, in UTF-8 with a byte order mark for spreadsheets; a few rows are held at a time.
 * `first` was read ahead of the rest, so that a failure shows before anything was sent.
 */
export async function* tradesCsv(
  first: IteratorResult<TradeRow, void>,
  rest: AsyncIterable<TradeRow>,
): AsyncGenerator<string, void> {
  let chunk = `\uFEFF${columns.map(([title]) => csvField(title)).join(',')}\r\n`
  if (!first.done) chunk += csvLine(first.value)
  let count = 1
  for await (const row of rest) {
    chunk += csvLine(row)
    if (++count % rowsPerChunk > 0) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}

function csvLine(row: TradeRow): string {
  return `${columns.map(([, read]) => csvField(read(row))).join(',')}\r\n`
}

/**
 * One field. Text that a spreadsheet would run as a formula is led by an apostrophe; numbers, negative ones too, are
 * left alone (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function csvField(value: string | number): string {
  const text = String(value)
  const isNumber = /^-?\d+(\.\d+)?$/.test(text)
  const safe = !isNumber && /^[=+\-@\t\r\n|]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
