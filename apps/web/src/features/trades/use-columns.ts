import { useLocalStorage } from '@mantine/hooks'
import { z } from 'zod'
import { looks } from './columns.tsx'

const Visibility = z.record(z.string(), z.boolean())
type Visibility = z.infer<typeof Visibility>

const defaults: Visibility = Object.fromEntries(
  Object.entries(looks).map(([id, look]) => [id, 'isShown' in look]),
)

function read(text: string | undefined): Visibility {
  try {
    return { ...defaults, ...Visibility.parse(JSON.parse(text ?? '{}')) }
  } catch {
    // What another version stored, or somebody by hand, is not worth an error.
    return defaults
  }
}

/** Which columns are shown, remembered on this device; and how to go back to the first choice. */
export function useColumns() {
  const [shown, setShown, reset] = useLocalStorage<Visibility>({
    key: 'stratdesk.trades.columns',
    defaultValue: defaults,
    getInitialValueInEffect: false,
    serialize: JSON.stringify,
    deserialize: read,
  })
  return {
    shown,
    toggle: (id: string) => setShown((before) => ({ ...before, [id]: !(before[id] ?? false) })),
    reset,
  }
}
