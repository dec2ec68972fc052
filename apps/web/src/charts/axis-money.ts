const rupees = new Intl.NumberFormat('en-IN', {
  style: 'currency',
  currency: 'INR',
  maximumFractionDigits: 0,
})
const paise = new Intl.NumberFormat('en-IN', { style: 'currency', currency: 'INR' })

/** Money on an axis: `₹1,200`, with paise below ten rupees, and never a minus before zero. */
export function axisMoney(value: number): string {
  const isSmall = Math.abs(value) < 10
  const rounded = isSmall ? Math.round(value * 100) / 100 : Math.round(value)
  if (rounded === 0) return '₹0'
  return (isSmall ? paise : rupees).format(rounded).replace('-', '−')
}
