/** A bind value as it travels: text, bytes or null. */
export type WireValue = string | Buffer | null

/** A bind value that has no honest text form; nothing of its statement was sent. */
export class BindError extends Error {}

/**
 * Turns a bind value into what Postgres receives: dates as UTC text, arrays as array literals, other objects as JSON.
 * Throws a BindError on an invalid date, a function, a symbol or a circular object.
 */
export function toWire(value: unknown): WireValue {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'undefined':
      return null
    case 'object':
      return objectToWire(value)
    case 'function':
    case 'symbol':
      throw new BindError(`A ${typeof value} cannot be sent to the database`)
  }
}

function objectToWire(value: object | null): WireValue {
  if (value === null) return null
  if (value instanceof Date) return instantToWire(value)
  if (Buffer.isBuffer(value)) return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (Array.isArray(value)) return arrayLiteral(value)
  return jsonToWire(value)
}

function instantToWire(value: Date): string {
  if (Number.isNaN(value.getTime())) throw new BindError('An invalid date cannot be sent to the database')
  return value.toISOString()
}

function jsonToWire(value: object): string {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw new BindError('An object that is not JSON cannot be sent to the database', { cause })
  }
}

function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map(arrayElement).join(',')}}`
}

function arrayElement(value: unknown): string {
  if (Array.isArray(value)) return arrayLiteral(value)
  const wire = toWire(value)
  if (wire === null) return 'NULL'
  if (typeof wire !== 'string') return `"\\\\x${wire.toString('hex')}"`
  return `"${wire.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
