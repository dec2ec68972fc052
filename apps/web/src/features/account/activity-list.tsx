import type { AuditEntry } from '@stratdesk/contracts/audit'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { CardRow } from '../../ui/card-row.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Time } from '../../ui/numbers.tsx'
import classes from './activity.module.css'
import { activityWords, runOf } from './activity-words.ts'

const columns: readonly Column<AuditEntry>[] = [
  { id: 'time', header: 'Time (IST)', cell: ({ time }) => <Time at={time} /> },
  { id: 'what', header: 'What', cell: (entry) => <What entry={entry} /> },
  { id: 'device', header: 'Device', cell: (entry) => <Device entry={entry} /> },
  { id: 'address', header: 'Address', cell: (entry) => <Address entry={entry} /> },
]

/** Entries of the audit log: a table on a desk, cards on a phone. */
export function ActivityList({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <DataTable
      label="Activity of this account"
      columns={columns}
      rows={entries}
      rowKey={({ id }) => id}
      card={(entry) => (
        <>
          <CardRow left={<What entry={entry} />} right={<Time at={entry.time} />} />
          <CardRow quiet left={<Device entry={entry} />} right={<Address entry={entry} />} />
        </>
      )}
    />
  )
}

/** What was done; an entry about a run leads to it. */
export function What({ entry }: { readonly entry: AuditEntry }): ReactNode {
  const runId = runOf(entry)
  const words = activityWords(entry)
  if (runId === undefined) {
    const isRefusal = entry.action === 'sign-in-refused' || entry.action === 'account-disabled'
    return <span className={isRefusal ? `${classes.what} ${classes.refused}` : classes.what}>{words}</span>
  }
  return (
    <Link to="/runs/$runId" params={{ runId }} className={`${classes.what} ${classes.run}`}>
      {words}
    </Link>
  )
}

/** Which device did it. The server's operator and refused sign-ins have none. */
function Device({ entry: { device, action } }: { readonly entry: AuditEntry }) {
  if (device !== null) return <>{device.label}</>
  const nobody = action === 'sign-in-refused' ? 'Not signed in' : 'Server operator'
  return <span className={classes.quiet}>{nobody}</span>
}

function Address({ entry: { ip } }: { readonly entry: AuditEntry }) {
  if (ip === null) return <span className={classes.quiet}>—</span>
  return <span className={classes.address}>{ip}</span>
}
