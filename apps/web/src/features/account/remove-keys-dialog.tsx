import { notifications } from '@mantine/notifications'
import { getConnectionKeys, removeConnectionKeys } from '@stratdesk/contracts/connection'
import { listDevices } from '@stratdesk/contracts/devices'
import { getSession } from '@stratdesk/contracts/session'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { ConfirmAct } from '../../ui/confirm-act.tsx'
import { MayEndRuns } from './may-end-runs.tsx'
import { runsAgainst } from './runs-against.ts'
import { useAsk } from './use-ask.ts'

/** Asks before the account's keys are forgotten; once more where runs need the connection that goes with them. */
export function RemoveKeysDialog() {
  const [asked, ask] = useAsk()
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: (confirm: boolean) =>
      call(removeConnectionKeys, { query: confirm ? { confirm: 'true' } : {} }),
    onSuccess: async () => {
      ask(undefined)
      notifications.show({ message: 'The keys are removed' })
      await Promise.all(
        [getConnectionKeys.name, getSession.name, listDevices.name].map((name) =>
          queryClient.invalidateQueries({ queryKey: [name] }),
        ),
      )
    },
  })
  const { hasRuns, conflict, act } = runsAgainst(remove)
  return (
    <ConfirmAct
      opened={asked === 'remove-keys'}
      title="Remove your broker keys?"
      label={hasRuns ? 'Remove all the same' : 'Remove keys'}
      refused="The keys were not removed"
      act={act}
      onConfirm={() => remove.mutate(hasRuns)}
      onClose={() => {
        remove.reset()
        ask(undefined)
      }}
    >
      Keys and broker token are forgotten on this server, and your other devices are signed out. This device
      stays signed in. Runs get no prices and decide nothing until you connect again.
      {conflict !== null && <MayEndRuns error={conflict} />}
    </ConfirmAct>
  )
}
