import { type Device, listDevices, revokeDevice, revokeDevices } from '@stratdesk/contracts/devices'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { call } from '../../api/call.ts'
import { leaveSession } from '../../api/leave.ts'
import type { DevicesSearch } from './search.ts'

const route = getRouteApi('/app/devices')

/** What is to be signed out. */
export type Ending =
  | { readonly what: 'here' | 'everywhere' }
  | { readonly what: 'device'; readonly device: Device }
  | { readonly what: 'others'; readonly count: number }

/** What the URL asks to sign out among the devices there are; null where it asks nothing, or of one that is gone. */
export function endingOf({ confirm, device: id }: DevicesSearch, devices: readonly Device[]): Ending | null {
  const device = devices.find((each) => each.id === id)
  const others = devices.filter(({ current }) => !current)
  switch (confirm) {
    case 'sign-out-here':
      return { what: 'here' }
    case 'sign-out-everywhere':
      return { what: 'everywhere' }
    case 'sign-out-others':
      return others.length === 0 ? null : { what: 'others', count: others.length }
    case 'sign-out-device':
      return device === undefined || device.current ? null : { what: 'device', device }
    case undefined:
      return null
  }
}

/** What is told where the URL asks to sign out what is not there any more; undefined where it asks nothing of the sort. */
export function goneWords(
  { confirm, device: id }: DevicesSearch,
  devices: readonly Device[],
): string | undefined {
  if (confirm === 'sign-out-others' && devices.every(({ current }) => current))
    return 'No other device is signed in'
  if (confirm === 'sign-out-device' && !devices.some((device) => device.id === id))
    return 'That device is signed out already'
  return undefined
}

/** Asks about an ending, or stops asking: the dialog is in the URL, so that the broker's login comes back to it. */
export function useAsk(): (ask: DevicesSearch) => void {
  const navigate = route.useNavigate()
  return ({ confirm, device }) => void navigate({ search: { confirm, device }, replace: true })
}

/** Signs out other devices, or all; the latter leads to the sign-in page. */
export function useEnd(onDone: () => void) {
  const queryClient = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: (ending: Exclude<Ending, { what: 'here' }>) => end(ending),
    onSuccess: async (message, { what }) => {
      if (what === 'everywhere') return await leaveSession(router, 'everywhere')
      notifications.show({ message })
      onDone()
      return await queryClient.invalidateQueries({ queryKey: [listDevices.name] })
    },
    onError: () => queryClient.invalidateQueries({ queryKey: [listDevices.name] }),
  })
}

async function end(ending: Exclude<Ending, { what: 'here' }>): Promise<string> {
  if (ending.what === 'device') {
    await call(revokeDevice, { params: { id: ending.device.id } })
    return `${ending.device.label} is signed out`
  }
  const scope = ending.what === 'others' ? 'others' : 'all'
  const { revoked } = await call(revokeDevices, { query: { scope } })
  return revoked === 1 ? '1 device is signed out' : `${revoked} devices are signed out`
}
