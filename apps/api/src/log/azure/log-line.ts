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

/** When a line was written, in epoch milliseconds, by its own word; `otherwise` for one that does not say it where the logger does. */
export function timeOf(line: string, otherwise: number): number {
  const time = timeField.exec(line)?.[1]
  return time === undefined ? otherwise : Number(time)
}

// The logger writes it behind the level, so no other field of that name is taken for it; 13 digits last until 2286.
const timeField = /^\{"level":\d+,"time":(\d{13}),/

const dayMs = 24 * 60 * 60 * 1000
const lastDay = { number: Number.NaN, name: '' }

/** The UTC day `YYYY-MM-DD` of an instant in epoch milliseconds. */
export function dayOf(time: number): string {
  const number = Math.floor(time / dayMs)
  // Asked for each line, and nearly always of the same day.
  if (number !== lastDay.number) {
    lastDay.number = number
    lastDay.name = new Date(time).toISOString().slice(0, 10)
  }
  return lastDay.name
}
