import { Button } from '@mantine/core'
import type { Device } from '@stratdesk/contracts/devices'
import { listDevices } from '@stratdesk/contracts/devices'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { q } from '../../api/query.ts'
import { LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Page } from '../../ui/page.tsx'
import { DeviceList } from './device-list.tsx'
import classes from './devices.module.css'
import { type Ending, EndSessionsDialog } from './end-sessions-dialog.tsx'

/** The devices signed in to this account; each can be named and signed out from any other. */
export function DevicesPage() {
  const devices = useQuery(q(listDevices))
  const [ending, setEnding] = useState<Ending | null>(null)
  const others = devices.data?.items.filter(({ current }) => !current) ?? []
  return (
    <Page
      title="Devices"
      description="Every browser signed in to this account. Signing one out never touches runs or the broker connection."
      actions={
        others.length > 0 && (
          <Button variant="default" onClick={() => setEnding({ what: 'others', count: others.length })}>
            Sign out the others
          </Button>
        )
      }
    >
      <div className={classes.card}>
        <QueryFace
          query={devices}
          loading={<LoadingRows rows={3} height={76} />}
          failed="The devices could not be loaded."
        >
          {({ items }) => <DeviceList devices={currentFirst(items)} onEnd={setEnding} />}
        </QueryFace>
      </div>
      <EndSessionsDialog ending={ending} onClose={() => setEnding(null)} />
    </Page>
  )
}

function currentFirst(devices: readonly Device[]): Device[] {
  return devices.toSorted(
    (a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt),
  )
}
