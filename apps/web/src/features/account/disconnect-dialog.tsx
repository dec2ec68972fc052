import { notifications } from '@mantine/notifications'
import { disconnect, getConnectionKeys } from '@stratdesk/contracts/connection'
import { getSession } from '@stratdesk/contracts/session'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { ConfirmAct } from '../../ui/confirm-act.tsx'
import { MayEndRuns } from './may-end-runs.tsx'
import { runsAgainst } from './runs-against.ts'
import { useAsk } from './use-ask.ts'

/** Asks before the broker connection is ended; once more where runs need it. */
export function DisconnectDialog() {
  const [asked, ask] = useAsk()
  const queryClient = useQueryClient()
  const end = useMutation({
    mutationFn: (confirm: boolean) => call(disconnect, { query: confirm ? { confirm: 'true' } : {} }),
    onSuccess: async () => {
      ask(undefined)
      notifications.show({ message: 'The broker connection is ended' })
      await Promise.all(
        [getSession.name, getConnectionKeys.name].map((name) =>
          queryClient.invalidateQueries({ queryKey: [name] }),
        ),
      )
    },
  })
  const { hasRuns, conflict, act } = runsAgainst(end)
  return (
    <ConfirmAct
      opened={asked === 'disconnect'}
      title="Disconnect from the broker?"
      label={hasRuns ? 'Disconnect all the same' : 'Disconnect'}
      refused="The connection was not ended"
      act={act}
      onConfirm={() => end.mutate(hasRuns)}
      onClose={() => {
        end.reset()
        ask(undefined)
      }}
    >
      The broker’s token is forgotten on this server, for all your devices. Everybody stays signed in. Runs
      get no prices and decide nothing until you connect again; their open positions stay open.
      {conflict !== null && <MayEndRuns error={conflict} />}
    </ConfirmAct>
  )
}
