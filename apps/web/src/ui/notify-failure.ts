import { problemMessage } from '../api/problem-error.ts'

/** What to do with the error of an act that has no place of its own to show it: a notice with a title and the reason. */
export function notifyFailure(title: string): (error: unknown) => Promise<void> {
  return async (error) => {
    // Loaded when something fails, so that the frame does not wait for it.
    const { notifications } = await import('@mantine/notifications')
    notifications.show({ color: 'red', title, message: problemMessage(error) })
  }
}
