/** The share of won trades in per cent with one decimal, `62.5 %`; null without trades, since nothing is no 0 %. */
export function winShare(wins: number, count: number): string | null {
  return count === 0 ? null : `${((wins / count) * 100).toFixed(1)} %`
}
