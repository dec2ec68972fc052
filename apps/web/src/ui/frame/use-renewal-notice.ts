import type { Connection } from '@stratdesk/contracts/connection'
import { useEffect, useRef } from 'react'
import { loadAtLast } from '../load-at-last.ts'
import { wantNotices } from '../notices-wanted.ts'
import { renewedBy } from './renewed-by.ts'

/** Says quietly which device brought the broker connection back while this page was open. */
export function useRenewalNotice(connection: Connection | undefined, now: number): void {
  const before = useRef(connection)
  useEffect(() => {
    const by = before.current && connection && renewedBy(before.current, connection, now)
    before.current = connection
    if (by !== undefined) void notify(by)
  }, [connection, now])
}

/** Loads the notices when there is something to say, so that the frame does not wait for them. */
async function notify(by: string): Promise<void> {
  wantNotices()
  const { notifications } = await loadAtLast(() => import('@mantine/notifications'))
  notifications.show({ id: 'connection-renewed', message: `Broker connection renewed on ${by}` })
}
