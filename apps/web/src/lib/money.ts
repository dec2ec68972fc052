/** What is shown for a number nobody knows. */
export const unknown = '—'

/** −1, 0 or 1 of a decimal string, without a float. */
export function signOf(decimal: string): -1 | 0 | 1 {
  if (!/[1-9]/.test(decimal)) return 0
  return decimal.startsWith('-') ? -1 : 1
}

/** `₹1,23,456.78`, `−₹12.50`; a dash for unknown. Exact: the decimal never passes through a float. */
export function money(decimal: string | null | undefined): string {
  return decimal == null ? unknown : inRupees(rounded(decimal, 2))
}

/** Money that always carries its sign: `+₹1,234.50`, `−₹1,234.50`, `₹0.00`. */
export function signedMoney(decimal: string | null | undefined): string {
  if (decimal == null) return unknown
  const shown = rounded(decimal, 2)
  return signOf(shown) === 0 ? inRupees(rounded('0', 2)) : `${signOf(shown) > 0 ? '+' : ''}${inRupees(shown)}`
}

/** Money without paise, for axes and tight places: `₹1,23,457`. */
export function roundMoney(decimal: string | number): string {
  return inRupees(rounded(String(decimal), 0))
}

/** A price as the exchange quotes it: grouped, with its own decimals, at least two: `24,150.05`, `0.0025`. */
export function price(decimal: string | null | undefined): string {
  if (decimal == null) return unknown
  const decimals = Math.max(2, decimal.split('.')[1]?.length ?? 0)
  return grouped(rounded(decimal, decimals))
}

/** A whole number, grouped: `1,00,000`. */
export function quantity(count: number): string {
  return grouped(rounded(String(count), 0))
}

/** A number as it is, grouped, with up to ten decimals: `12,500`, `0.75`. */
export function plainNumber(value: number): string {
  return grouped(rounded(String(value), 10).replace(/\.?0+$/, ''))
}

/** A share of one as per cent: `0.634` → `63.4 %`. */
export function percent(share: string | null | undefined): string {
  return share == null ? unknown : `${grouped(rounded(String(Number(share) * 100), 1))} %`
}

/**
 * A decimal with so many decimals, a half rounded away from zero. By hand, here and below: a formatter of the browser's takes
 * milliseconds to make, which the first screen would wait for.
 */
function rounded(decimal: string, decimals: number): string {
  // Floats that are very small or very large are written with an exponent; such ones are no money. What is no number stays what it is.
  const plain = decimal.includes('e') ? Number(decimal).toFixed(decimals) : decimal
  if (!/^-?\d*(\.\d*)?$/.test(plain)) return plain
  const [whole = '0', fraction = ''] = plain.replace('-', '').split('.')
  const kept = BigInt(`${whole}${fraction.slice(0, decimals).padEnd(decimals, '0')}`)
  const isUp = fraction.charAt(decimals) >= '5'
  const digits = String(isUp ? kept + 1n : kept).padStart(decimals + 1, '0')
  const point = digits.length - decimals
  const sign = plain.startsWith('-') ? '-' : ''
  return `${sign}${digits.slice(0, point)}${decimals > 0 ? '.' : ''}${digits.slice(point)}`
}

/** Thousands, then lakhs and crores, as India groups them, with a true minus sign. */
function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.')
  const lakhs = whole.replace(/\B(?=(?:\d\d)*\d{3}$)/g, ',').replace('-', '−')
  return fraction === undefined ? lakhs : `${lakhs}.${fraction}`
}

function inRupees(decimal: string): string {
  const text = grouped(decimal)
  return text.startsWith('−') ? `−₹${text.slice(1)}` : `₹${text}`
}
