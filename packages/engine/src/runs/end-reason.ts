/**
 * Why a run ended, in words: what became of it, and which device had asked for its end (`asked`, as the API writes it:
 * `Stopped from Chrome on Linux`), null when none had. What became of it always shows.
 */
export function endReason(reason: string, asked: string | null): string {
  if (asked === null) return reason
  const stopped = 'Stopped'
  if (reason.startsWith(stopped)) return `${asked}${reason.slice(stopped.length)}`
  return `${reason} (${asked.charAt(0).toLowerCase()}${asked.slice(1)})`
}
