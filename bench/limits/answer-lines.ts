/** How many lines are written. Here, because who writes them is to load nothing of what counts them. */
export const lines = 1_000_000

/** As long as the line of an answer, of one of a hundred accounts. */
export function lineOf(n: number): string {
  const brokerId = `UK${String(n % 100).padStart(4, '0')}`
  return `${JSON.stringify({ level: 30, time: 1_795_000_000_000 + n, n, brokerId, route: '/api/trades', status: 200, ms: 3, msg: 'answered' })}\n`
}
