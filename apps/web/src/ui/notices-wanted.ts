import { useEffect } from 'react'

const wanted = Promise.withResolvers<void>()

/** Settled when the first notice is to be shown, or when one may soon be. */
export const noticesWanted: Promise<void> = wanted.promise

/** Has the notices loaded and drawn, if they are not yet. */
export function wantNotices(): void {
  wanted.resolve()
}

/** Whatever is done begins with one of these, and takes longer than the notices need to come. */
const beginnings = ['pointerdown', 'keydown', 'click'] as const
/** A screen that nobody touches has them too, while the server that they come from can be reached. */
const untouchedMs = 10_000

/** Has the notices loaded when something is first done while this is on screen, or after a while: later, the network may be gone. */
export function useNoticesWhenActing(): void {
  useEffect(() => {
    const listening = new AbortController()
    for (const beginning of beginnings) {
      addEventListener(beginning, wantNotices, { signal: listening.signal, once: true, passive: true })
    }
    const untouched = setTimeout(wantNotices, untouchedMs)
    return () => {
      listening.abort()
      clearTimeout(untouched)
    }
  }, [])
}
