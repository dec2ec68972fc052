/** Whose log a line belongs to: the account it names, or the server's own. */
export function ownerOf(line: string): string {
  const start = line.indexOf(brokerField)
  if (start === -1) return system
  const from = start + brokerField.length
  const id = line.slice(from, line.indexOf('"', from))
  // It becomes part of a blob's name.
  return /^[A-Z0-9]{2,16}$/.test(id) ? id : system
}

// Inside a text of the line these quotes would be escaped, so it can only be the field.
const brokerField = '"brokerId":"'
const system = '_system'

/** The UTC day `YYYY-MM-DD` of an instant in epoch milliseconds. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
