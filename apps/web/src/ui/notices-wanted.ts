const wanted = Promise.withResolvers<void>()

/** Settled when the first notice is to be shown, or when somebody first does something here, whose end may be told by one. */
export const noticesWanted: Promise<void> = wanted.promise

/** Has the notices loaded and drawn, if they are not yet. */
export function wantNotices(): void {
  wanted.resolve()
}

/** A page that nobody touches has them too, while the server that they come from can be reached. */
const untouchedMs = 10_000
setTimeout(wantNotices, untouchedMs)

/** Whatever is done begins with one of these, and takes longer than the notices need to come. */
const beginnings = ['pointerover', 'pointerdown', 'keydown', 'click'] as const

for (const beginning of beginnings) addEventListener(beginning, wantNotices, { once: true, passive: true })
