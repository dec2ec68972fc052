const rowMax = 65_536

/**
 * Splits a stream of CSV text (RFC 4180, quotes allowed) into rows as it comes, holding one chunk at a time.
 * Throws RangeError at a row of more than 65,536 characters, which no instrument list has.
 */
export async function* csvRows(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = ''
  for await (const chunk of chunks) {
    rest += chunk
    let start = 0
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', end + 1)) {
      const row = rest.slice(start, end)
      if (row.includes('"') && isOpenQuote(row)) continue
      start = end + 1
      if (row !== '' && row !== '\r') yield cells(row)
    }
    rest = rest.slice(start)
    if (rest.length > rowMax) throw new RangeError('a row of the CSV has no end')
  }
  if (rest.trim() !== '') yield cells(rest)
}

/** True when a quote was opened and not closed: the line break belongs to the cell. */
function isOpenQuote(row: string): boolean {
  return row.split('"').length % 2 === 0
}

function cells(row: string): string[] {
  const text = row.endsWith('\r') ? row.slice(0, -1) : row
  if (!text.includes('"')) return text.split(',')
  const out: string[] = []
  let cell: string | undefined
  for (const part of text.split(',')) {
    cell = cell === undefined ? part : `${cell},${part}`
    if (isOpenQuote(cell)) continue
    out.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    cell = undefined
  }
  return out
}
