import '@mantine/notifications/styles.layer.css'
import { Notifications } from '@mantine/notifications'
import classes from './notices.module.css'

/** Where short notices of what was just done appear. */
export function Notices() {
  return (
    <Notifications
      position="bottom-right"
      limit={4}
      autoClose={6000}
      classNames={{ root: classes.notices ?? '' }}
    />
  )
}
