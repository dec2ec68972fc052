/** As much as 20 random hex digits have. */
const bitsMin = 80
const wellKnown = /secret|password|change.?me|example|your.?key|12345678|stratdesk/i

/** Why a secret may be guessed; nothing for one that was made by chance. */
export function weakness(secret: string): readonly string[] {
  return [
    ...(isNoRandomText(secret)
      ? [isTooShort(secret) ? 'is too short' : 'repeats itself: it is no random text']
      : []),
    ...(wellKnown.test(secret) ? ['holds a word that is tried first'] : []),
  ]
}

/** Whether a secret is so short, or repeats itself so much, that it can be guessed. */
export function isNoRandomText(secret: string): boolean {
  const counts = new Map<string, number>()
  for (const character of secret) counts.set(character, (counts.get(character) ?? 0) + 1)
  const shares = counts.values().map((count) => count / secret.length)
  return secret.length * shares.reduce((sum, share) => sum - share * Math.log2(share), 0) < bitsMin
}

/** Whether no text of this length is enough, even one in which each character is another, or each hex digit as frequent. */
function isTooShort(secret: string): boolean {
  const bitsMax = Math.log2(/^[0-9a-f]*$/i.test(secret) ? Math.min(16, secret.length) : secret.length)
  return secret.length * bitsMax < bitsMin
}
