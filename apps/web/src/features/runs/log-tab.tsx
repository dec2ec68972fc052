import { Button, Select, Switch, TextInput } from '@mantine/core'
import { LogLevel, listRunLogs, type Run } from '@stratdesk/contracts/runs'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/call.ts'
import { pages } from '../../api/pages.ts'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { isActive } from '../../ui/run-status.tsx'
import { LogLines } from './log-lines.tsx'
import classes from './log-tab.module.css'
import type { RunSearch } from './search.ts'
import { useTypedSearch } from './use-typed-search.ts'

const route = getRouteApi('/app/runs/$runId')

/** Notes that explain a missing order carry these words. */
const noOrder = 'no order'
const followMs = 2000

function runLogs(runId: string, { level, find }: Pick<RunSearch, 'level' | 'find'>) {
  const filters = { ...(level === undefined ? {} : { level }), ...(find ? { search: find } : {}) }
  const params = { id: runId }
  return pages(listRunLogs.name, { params, query: filters }, (cursor, signal) =>
    call(
      listRunLogs,
      { params, query: { ...filters, limit: '100', ...(cursor === undefined ? {} : { cursor }) } },
      { signal },
    ),
  )
}

/** What the run did and why, newest first; following it reads the newest lines again and again. */
export function LogTab({ run }: { readonly run: Run }) {
  const { level, find } = route.useSearch()
  const [isFollowing, setFollowing] = useState(isActive(run))
  const logs = useInfiniteQuery({
    ...runLogs(run.id, { level, find }),
    refetchInterval: isFollowing && isActive(run) ? followMs : false,
  })
  return (
    <div className={classes.panel}>
      <LogFilters isFollowing={isFollowing} onFollow={setFollowing} canFollow={isActive(run)} />
      <QueryFace
        query={logs}
        loading={<LoadingRows rows={10} height={34} />}
        failed="The log could not be loaded."
      >
        {(lines) =>
          lines.length === 0 ? (
            <Empty title={level || find ? 'No line matches' : 'Nothing logged yet'}>
              {level || find ? 'Widen the level or the search.' : 'The run writes here what it does and why.'}
            </Empty>
          ) : (
            <LogLines lines={lines} />
          )
        }
      </QueryFace>
      {logs.hasNextPage && (
        <div className={classes.more}>
          <Button
            variant="default"
            size="xs"
            loading={logs.isFetchingNextPage}
            onClick={() => {
              setFollowing(false)
              void logs.fetchNextPage()
            }}
          >
            Show older lines
          </Button>
        </div>
      )}
    </div>
  )
}

interface LogFiltersProps {
  readonly isFollowing: boolean
  readonly canFollow: boolean
  readonly onFollow: (follow: boolean) => void
}

function LogFilters({ isFollowing, canFollow, onFollow }: LogFiltersProps) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const narrow = (change: Pick<RunSearch, 'level' | 'find'>) =>
    void navigate({ search: (previous) => ({ ...previous, ...change }), replace: true, resetScroll: false })
  const [text, setText] = useTypedSearch(search.find ?? '', (find) => narrow({ find: find || undefined }))
  const isWhyNot = search.find === noOrder
  return (
    <div className={classes.filters}>
      <TextInput
        size="xs"
        aria-label="Search the log"
        placeholder="Search"
        leftSection={<IconSearch size={14} />}
        value={text}
        maxLength={80}
        onChange={(event) => setText(event.currentTarget.value)}
        className={classes.search}
      />
      <Select
        size="xs"
        aria-label="Level"
        placeholder="All levels"
        clearable
        data={levelNames}
        value={search.level ?? null}
        onChange={(level) => narrow({ level: LogLevel.optional().parse(level ?? undefined) })}
        className={classes.level}
      />
      <Button
        size="xs"
        variant={isWhyNot ? 'light' : 'default'}
        aria-pressed={isWhyNot}
        onClick={() => setText(isWhyNot ? '' : noOrder)}
      >
        Why no trade
      </Button>
      {canFollow && (
        <Switch
          size="xs"
          label="Follow"
          checked={isFollowing}
          onChange={(event) => onFollow(event.currentTarget.checked)}
          className={classes.follow}
        />
      )}
    </div>
  )
}

const levelNames = [
  { value: 'debug', label: 'Debug' },
  { value: 'info', label: 'Info' },
  { value: 'warn', label: 'Warning' },
  { value: 'error', label: 'Error' },
]
