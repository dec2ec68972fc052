/** What is shown for a number nobody knows. */
export const unknown = '—'

/** −1, 0 or 1 of a decimal string, without a float. */
export function signOf(decimal: string): -1 | 0 | 1 {
  if (!/[1-9]/.test(decimal)) return 0
  return decimal.startsWith('-') ? -1 : 1
}

const rupees = numberFormat({ style: 'currency', currency: 'INR' })
const signedRupees = numberFormat({ style: 'currency', currency: 'INR', signDisplay: 'exceptZero' })
const wholeRupees = numberFormat({ style: 'currency', currency: 'INR', maximumFractionDigits: 0 })
const percentage = numberFormat({ minimumFractionDigits: 1, maximumFractionDigits: 1 })
const whole = numberFormat({ maximumFractionDigits: 0 })

/** `₹1,23,456.78`, `−₹12.50`; a dash for unknown. Exact: the decimal never passes through a float. */
export function money(decimal: string | null | undefined): string {
  return decimal == null ? unknown : rupees(decimal)
}

/** Money that always carries its sign: `+₹1,234.50`, `−₹1,234.50`, `₹0.00`. */
export function signedMoney(decimal: string | null | undefined): string {
  return decimal == null ? unknown : signedRupees(decimal)
}

/** Money without paise, for axes and tight places: `₹1,23,457`. */
export function roundMoney(decimal: string | number): string {
  return wholeRupees(String(decimal))
}

/** A price as the exchange quotes it: grouped, with its own decimals, at least two: `24,150.05`, `0.0025`. */
export function price(decimal: string | null | undefined): string {
  if (decimal == null) return unknown
  const decimals = Math.max(2, decimal.split('.')[1]?.length ?? 0)
  return numberFormat({ minimumFractionDigits: decimals, maximumFractionDigits: decimals })(decimal)
}

/** A whole number, grouped: `1,00,000`. */
export function quantity(count: number): string {
  return whole(String(count))
}

/** A share of one as per cent: `0.634` → `63.4 %`. */
export function percent(share: string | null | undefined): string {
  return share == null ? unknown : `${percentage(String(Number(share) * 100))} %`
}

function numberFormat(options: Intl.NumberFormatOptions): (decimal: string) => string {
  const format = new Intl.NumberFormat('en-IN', options)
  // Sealed: format() takes decimal strings exactly (ECMA-402 2023), but its type wants a numeric literal.
  return (decimal) => format.format(decimal as `${number}`).replace('-', '−')
}
