/** The exact sum of two decimals, with as many places as the longer one: `0.1 + 0.25` is `0.35`. */
export function addDecimals(a: string, b: string): string {
  const places = Math.max(placesOf(a), placesOf(b))
  const sum = scaled(a, places) + scaled(b, places)
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, '0')
  const sign = sum < 0n ? '-' : ''
  if (places === 0) return `${sign}${digits}`
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

function placesOf(decimal: string): number {
  return decimal.split('.')[1]?.length ?? 0
}

function scaled(decimal: string, places: number): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(places, '0'))
}
