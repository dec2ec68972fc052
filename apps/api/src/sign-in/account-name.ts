const nameMax = 120

/** Ends of text directions and lines, and halves of characters: nothing that a name needs. Joiners stay, many scripts use them. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu

/**
 * The name of an account as the broker gave it, in one line of at most 120 characters that can be stored and cannot
 * change how what follows it reads (Trojan Source, CVE-2021-42574); the broker id when nothing is left of it.
 */
export function accountName(given: string | null, brokerId: string): string {
  const printable = (given ?? '').slice(0, 10 * nameMax).replaceAll(unprintable, ' ')
  const name = [...new Intl.Segmenter().segment(printable.replaceAll(/\s+/g, ' ').trim())]
    .map(({ segment }) => segment)
    .reduce((text, segment) => (text.length + segment.length > nameMax ? text : text + segment), '')
  return name.trim() || brokerId
}
