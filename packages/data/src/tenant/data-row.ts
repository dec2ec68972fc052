/** Bytes. A page of trades has rows of about 400. */
const longRow = 1024
const shortColumn = 128

/**
 * The texts of a DataRow's columns, null for a null: of `bytes` from its column count at `start` up to `end`
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html). A row is turned into text once and its columns
 * are cut out of it, because most of a column's cost is the call for it; one that is not all ASCII is read by itself, and so is
 * a short one of a long row, which would keep the whole row in memory for as long as itself.
 */
export function readDataRow(bytes: Buffer, start: number, end: number): (string | null)[] {
  const row = bytes.toString('latin1', start, end)
  const isLong = end - start > longRow
  const columns: (string | null)[] = []
  let at = start + 2
  for (let left = bytes.readInt16BE(start); left > 0; left -= 1) {
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < 0) columns.push(null)
    else {
      const behind = at + length
      if (!isAscii(bytes, at, behind)) columns.push(bytes.toString('utf8', at, behind))
      else if (isLong && length < shortColumn) columns.push(bytes.toString('latin1', at, behind))
      else columns.push(row.slice(at - start, behind - start))
      at = behind
    }
  }
  return columns
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > 127) return false
  return true
}
