/** Two texts from a little before they begin to differ. */
export function excerpts(first: string, second: string): string {
  let at = 0
  while (at < first.length && first[at] === second[at]) at++
  const from = Math.max(0, at - 120)
  return `\n  ${first.slice(from, at + 200)}\n  instead of\n  ${second.slice(from, at + 200)}`
}
