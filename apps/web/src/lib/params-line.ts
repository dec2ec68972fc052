/** A run's parameters in one line, the instrument first: `SIM:SPX500 · fast length 3 · slow length 8`. */
export function paramsLine(params: Readonly<Record<string, unknown>>): string {
  const { instrument, ...rest } = params
  const others = Object.entries(rest).map(([name, value]) => `${inWords(name)} ${textOf(value)}`)
  return (typeof instrument === 'string' ? [instrument, ...others] : others).join(' · ')
}

function inWords(name: string): string {
  return name
    .replaceAll(/([A-Z])/g, ' $1')
    .toLowerCase()
    .replace(/ pct$/, ' %')
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}
