/** A strategy may say anything: not longer than a page can show, and without the one character Postgres refuses. */
export function plain(text: string): string {
  return text.replaceAll('\0', '').slice(0, 2_000)
}
