/** Hidden for this long, a tab counts as left. */
const leftAfterMs = 30_000

/** Says when this tab has been hidden for 30 s and when it is seen again. Returns how to stop watching. */
export function watchHidden(onLeft: () => void, onSeen: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    clearTimeout(timer)
    if (document.visibilityState === 'hidden') timer = setTimeout(onLeft, leftAfterMs)
    else onSeen()
  }
  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  }
}
