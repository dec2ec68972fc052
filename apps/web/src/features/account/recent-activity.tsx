import { type AuditEntry, listAudit } from '@stratdesk/contracts/audit'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { q } from '../../api/query.ts'
import { LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Time } from '../../ui/numbers.tsx'
import { Section } from '../../ui/page.tsx'
import { What } from './activity-list.tsx'
import classes from './page.module.css'

const count = 5

/** The newest lines of the audit log, and the way to all of it. */
export function RecentActivity() {
  const recent = useQuery(q(listAudit, { query: { limit: String(count) } }))
  return (
    <Section
      title="Activity"
      flush
      aside={
        <Link to="/account/activity" className={classes.link}>
          All activity
        </Link>
      }
    >
      <QueryFace
        query={recent}
        loading={<LoadingRows rows={count} height={48} />}
        failed="The activity could not be loaded."
      >
        {({ items }) => (
          <ul className={classes.recent} aria-label="Newest activity">
            {items.map((entry) => (
              <Line key={entry.id} entry={entry} />
            ))}
          </ul>
        )}
      </QueryFace>
    </Section>
  )
}

function Line({ entry }: { readonly entry: AuditEntry }) {
  return (
    <li>
      <span className={classes.recentWhat}>
        <What entry={entry} />
        {entry.device !== null && <span className={classes.recentDevice}>{entry.device.label}</span>}
      </span>
      <span className={classes.recentTime}>
        <Time at={entry.time} />
      </span>
    </li>
  )
}
