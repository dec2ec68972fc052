import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'

const pauseMs = 250

/**
 * Text being typed into a search whose settled value lives elsewhere (the URL): shown at once, handed on after a
 * short pause, and taken over from there when it changes by itself, as by the back button.
 */
export function useTypedSearch(
  settled: string,
  onSettle: (text: string) => void,
): [text: string, type: (text: string) => void] {
  const [typed, setTyped] = useState({ text: settled, settled })
  const settle = useDebouncedCallback(onSettle, pauseMs)
  if (typed.settled !== settled)
    setTyped({ text: typed.text.trim() === settled ? typed.text : settled, settled })
  return [
    typed.text,
    (text) => {
      setTyped({ text, settled })
      settle(text.trim())
    },
  ]
}
