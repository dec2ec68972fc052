import { problemMessage } from '../api/problem-error.ts'
import { loadAtLast } from './load-at-last.ts'
import { wantNotices } from './notices-wanted.ts'

/** What to do with the error of an act that has no place of its own to show it: a notice with a title and the reason. */
export function notifyFailure(title: string): (error: unknown) => void {
  return (error) => void show(title, problemMessage(error))
}

/** Loads the notices when something fails, so that the frame does not wait for them. */
async function show(title: string, message: string): Promise<void> {
  wantNotices()
  const { notifications } = await loadAtLast(() => import('@mantine/notifications'))
  notifications.show({ color: 'red', title, message })
}
