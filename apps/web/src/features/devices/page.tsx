import { Button } from '@mantine/core'
import { type Device, listDevices } from '@stratdesk/contracts/devices'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { q } from '../../api/query.ts'
import { LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Page } from '../../ui/page.tsx'
import { DeviceList } from './device-list.tsx'
import classes from './devices.module.css'
import { EndSessionsDialog } from './end-sessions-dialog.tsx'
import { endingOf, goneWords, useAsk } from './use-ending.ts'

const route = getRouteApi('/app/devices')
const nothing = {}

/** The devices signed in to this account; each can be named and signed out from any other. */
export function DevicesPage() {
  const devices = useQuery(q(listDevices))
  const search = route.useSearch()
  const ask = useAsk()
  const items = devices.data?.items ?? []
  return (
    <Page
      title="Devices"
      description="Every browser signed in to this account. Signing one out never touches runs or the broker connection."
      actions={
        <>
          {items.length > 1 && (
            <Button variant="default" px={14} onClick={() => ask({ confirm: 'sign-out-others' })}>
              Sign out the others
            </Button>
          )}
          <Button variant="default" px={14} onClick={() => ask({ confirm: 'sign-out-everywhere' })}>
            Sign out everywhere
          </Button>
        </>
      }
    >
      <div className={classes.card}>
        <QueryFace
          query={devices}
          loading={<LoadingRows rows={3} height={76} />}
          failed="The devices could not be loaded."
        >
          {(loaded) => <DeviceList devices={currentFirst(loaded.items)} onEnd={ask} />}
        </QueryFace>
      </div>
      <EndSessionsDialog
        ending={endingOf(search, items)}
        // A list that is being asked for again may be older than the question.
        gone={devices.data === undefined || devices.isFetching ? undefined : goneWords(search, items)}
        onClose={() => ask(nothing)}
      />
    </Page>
  )
}

/** This device, then the others in the order they came, which does not change while one looks. */
function currentFirst(devices: readonly Device[]): Device[] {
  return devices.toSorted(
    (a, b) => Number(b.current) - Number(a.current) || b.createdAt.localeCompare(a.createdAt),
  )
}
