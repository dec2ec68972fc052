import { Button, Stack } from '@mantine/core'
import { problemMessage } from '../../api/problem-error.ts'
import { useRenewConnection } from '../../api/session.ts'
import { Notice } from '../../ui/notice.tsx'
import classes from './page.module.css'

/** The keys are replaced; what is left is the login that connects with them. */
export function KeysReplaced({ onClose }: { readonly onClose: () => void }) {
  const renew = useRenewConnection()
  return (
    <Stack gap="md">
      <p className={classes.ask}>
        Your other devices are signed out. Sign in with the new keys to connect again; until then runs get no
        prices.
      </p>
      {renew.error !== null && (
        <Notice tone="bad" title="The login could not be started">
          {problemMessage(renew.error)}
        </Notice>
      )}
      <div className={classes.dialogActs}>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Later
        </Button>
        <Button loading={renew.isLeaving} onClick={() => renew.mutate()} autoFocus>
          Sign in with the new keys
        </Button>
      </div>
    </Stack>
  )
}
