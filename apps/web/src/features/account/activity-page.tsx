import { Button } from '@mantine/core'
import { IconChevronLeft, IconHistory } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { problemMessage } from '../../api/problem-error.ts'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ActivityFilters } from './activity-filters.tsx'
import { ActivityList } from './activity-list.tsx'
import classes from './activity.module.css'
import { type ActivitySearch, countActivityFilters } from './search.ts'
import { useActivity } from './use-activity.ts'

const route = getRouteApi('/app/account/activity')

/** The account's audit log: who did what from which device, newest first. */
export function ActivityPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const activity = useActivity(search)
  const change = (next: ActivitySearch) => void navigate({ search: next, replace: true, resetScroll: false })
  return (
    <Page
      title="Activity"
      description="What was done in this account, from which device, and what was refused. Nothing here can be changed or deleted."
      before={
        <Link to="/account" className={classes.back}>
          <IconChevronLeft size={14} aria-hidden /> Account
        </Link>
      }
    >
      <Section title="Newest first" flush>
        <ActivityFilters search={search} entries={activity.data ?? []} onChange={change} />
        <QueryFace
          query={activity}
          loading={<LoadingRows rows={10} />}
          failed="The activity could not be loaded."
        >
          {(entries) =>
            entries.length === 0 ? (
              <NoActivity isFiltered={countActivityFilters(search) > 0} />
            ) : (
              <div className={activity.isPlaceholderData ? classes.old : undefined}>
                <ActivityList entries={entries} />
                <Foot activity={activity} count={entries.length} />
              </div>
            )
          }
        </QueryFace>
      </Section>
    </Page>
  )
}

/** What stands below the last loaded entry: more on demand, why more did not come, or that this was all. */
function Foot({
  activity,
  count,
}: {
  readonly activity: ReturnType<typeof useActivity>
  readonly count: number
}) {
  const more = () => void activity.fetchNextPage()
  if (activity.isFetchNextPageError) {
    return (
      <div className={classes.foot} role="alert">
        Older entries could not be loaded. {problemMessage(activity.error)}
        <Button size="compact-xs" variant="default" loading={activity.isFetchingNextPage} onClick={more}>
          Try again
        </Button>
      </div>
    )
  }
  if (!activity.hasNextPage) {
    return (
      <div className={classes.foot}>
        {count === 1 ? 'That is all: 1 entry' : `That is all: ${count} entries`}
      </div>
    )
  }
  return (
    <div className={classes.foot}>
      <Button size="xs" variant="default" loading={activity.isFetchingNextPage} onClick={more}>
        Show older entries
      </Button>
    </div>
  )
}

function NoActivity({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty title="Nothing matches">Widen the days, or take a filter away.</Empty>
  return (
    <Empty title="Nothing yet" icon={<IconHistory stroke={1.4} />}>
      Signing in, renaming and signing out devices, starting and stopping runs are recorded here.
    </Empty>
  )
}
