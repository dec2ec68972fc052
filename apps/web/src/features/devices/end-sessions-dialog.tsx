import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type Device, listDevices, revokeDevice, revokeDevices } from '@stratdesk/contracts/devices'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { problemMessage } from '../../api/problem-error.ts'
import { useSignOut } from '../../api/session.ts'

/** What is to be signed out. */
export type Ending =
  | { readonly what: 'here' }
  | { readonly what: 'one'; readonly device: Device }
  | { readonly what: 'others'; readonly count: number }

interface EndSessionsProps {
  readonly ending: Ending | null
  readonly onClose: () => void
}

/** Asks before devices are signed out, then signs them out. */
export function EndSessionsDialog({ ending, onClose }: EndSessionsProps) {
  return (
    <Modal
      opened={ending !== null}
      onClose={onClose}
      centered
      title={ending === null ? '' : question(ending)}
    >
      {ending !== null && <Confirm ending={ending} onClose={onClose} />}
    </Modal>
  )
}

function Confirm({ ending, onClose }: { readonly ending: Ending; readonly onClose: () => void }) {
  const signOut = useSignOut()
  const revoke = useRevoke(onClose)
  const act = ending.what === 'here' ? signOut : revoke
  return (
    <Stack gap="md">
      <Text size="sm">{consequence(ending)} Runs and the broker connection go on.</Text>
      {act.isError && (
        <Alert color="red" title="Nothing was signed out">
          {problemMessage(act.error)}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="subtle" color="gray" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button
          color="red"
          loading={act.isPending}
          onClick={() => (ending.what === 'here' ? signOut.mutate() : revoke.mutate(ending))}
        >
          {ending.what === 'others' ? 'Sign them out' : 'Sign out'}
        </Button>
      </Group>
    </Stack>
  )
}

function question(ending: Ending): string {
  switch (ending.what) {
    case 'here':
      return 'Sign out on this device?'
    case 'one':
      return `Sign out ${ending.device.label}?`
    case 'others':
      return ending.count === 1 ? 'Sign out the other device?' : `Sign out ${ending.count} other devices?`
  }
}

function consequence(ending: Ending): string {
  switch (ending.what) {
    case 'here':
      return 'You will need the broker’s login to come back.'
    case 'one':
      return 'It loses its access at once and needs the broker’s login to come back.'
    case 'others':
      return 'They lose their access at once. This device stays signed in.'
  }
}

function useRevoke(onClose: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: async (ending: Exclude<Ending, { what: 'here' }>): Promise<string> => {
      if (ending.what === 'one') {
        await call(revokeDevice, { params: { id: ending.device.id } })
        return `${ending.device.label} is signed out`
      }
      const { revoked } = await call(revokeDevices, { query: { scope: 'others' } })
      return revoked === 1 ? '1 device is signed out' : `${revoked} devices are signed out`
    },
    onSuccess: (message) => {
      notifications.show({ message })
      onClose()
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: [listDevices.name] }),
  })
}
