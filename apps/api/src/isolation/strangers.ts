import { randomInt } from 'node:crypto'
import { uuidv7 } from '@stratdesk/data/uuid'

/** An instrument of the simulator that no world trades. */
const idleInstrument = 'NSE:CIPLA'

/** An id that nobody has, of the same shape as one that somebody has. */
export function strangerTo(id: string): string {
  if (isUuid(id)) return uuidv7()
  if (isInstrument(id)) return idleInstrument
  // Nothing here counts that far: worlds begin their numbers with another digit.
  if (/^\d+$/.test(id)) return `9${id.slice(1)}`
  return id.replaceAll(/[a-z]|[A-Z]|\d/g, (letter) => pick(alphabetOf(letter)))
}

/** What ids of one shape have in common: a refusal of the one is a refusal of the other. */
export function shapeOf(id: string): string {
  if (isUuid(id)) return 'uuid'
  return id.replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/\d/g, '0')
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)
}

export function isInstrument(text: string): boolean {
  return /^[A-Z]+:[A-Z]+$/.test(text)
}

function alphabetOf(letter: string): string {
  if (/\d/.test(letter)) return '0123456789'
  return /[a-z]/.test(letter) ? 'abcdefghijklmnopqrstuvwxyz' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
}

function pick(alphabet: string): string {
  return alphabet[randomInt(alphabet.length)] ?? ''
}
