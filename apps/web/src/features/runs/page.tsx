import { Button, SegmentedControl } from '@mantine/core'
import { listRuns } from '@stratdesk/contracts/runs'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/call.ts'
import { pages } from '../../api/pages.ts'
import { ButtonLink } from '../../ui/button-link.tsx'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { StopRunDialog } from '../../ui/stop-run.tsx'
import { RunsTable } from './runs-table.tsx'
import type { RunsSearch } from './search.ts'

const route = getRouteApi('/app/runs')

type Status = RunsSearch['status']

function runPages(status: Status) {
  const query = status === undefined ? {} : { status }
  return pages(listRuns.name, { query }, (cursor, signal) =>
    call(listRuns, { query: { ...query, ...(cursor === undefined ? {} : { cursor }) } }, { signal }),
  )
}

/** The account's runs, whichever device started them. */
export function RunsPage() {
  const { status } = route.useSearch()
  const navigate = route.useNavigate()
  const runs = useInfiniteQuery(runPages(status))
  const [stoppingId, setStoppingId] = useState<string | null>(null)
  const stopping = runs.data?.find((run) => run.id === stoppingId) ?? null
  return (
    <Page
      title="Runs"
      description="They belong to the account: closing the browser or signing out does not stop them."
      actions={
        <ButtonLink to="/strategies" leftSection={<IconPlayerPlay size={15} />}>
          Start a strategy
        </ButtonLink>
      }
    >
      <Section
        title="Runs of this account"
        flush
        aside={
          <StatusFilter
            value={status}
            onChange={(next) => void navigate({ search: { status: next }, replace: true })}
          />
        }
      >
        <QueryFace query={runs} loading={<LoadingRows rows={6} />} failed="The runs could not be loaded.">
          {(items) =>
            items.length === 0 ? (
              <NoRuns status={status} />
            ) : (
              <RunsTable runs={items} onStop={setStoppingId} />
            )
          }
        </QueryFace>
      </Section>
      {runs.hasNextPage && (
        <Button
          variant="default"
          loading={runs.isFetchingNextPage}
          onClick={() => void runs.fetchNextPage()}
          style={{ alignSelf: 'center' }}
        >
          Show older runs
        </Button>
      )}
      <StopRunDialog run={stopping} onClose={() => setStoppingId(null)} />
    </Page>
  )
}

function StatusFilter({
  value,
  onChange,
}: {
  readonly value: Status
  readonly onChange: (status: Status) => void
}) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Which runs are shown"
      value={value ?? 'all'}
      data={[
        { value: 'all', label: 'All' },
        { value: 'active', label: 'Active' },
        { value: 'ended', label: 'Ended' },
      ]}
      onChange={(next) => onChange(next === 'active' || next === 'ended' ? next : undefined)}
    />
  )
}

function NoRuns({ status }: { readonly status: Status }) {
  if (status === 'ended') {
    return <Empty title="No run has ended yet">Runs that have stopped or failed are kept here.</Empty>
  }
  return (
    <Empty
      title={status === 'active' ? 'No run is active' : 'No runs yet'}
      icon={<IconPlayerPlay stroke={1.4} />}
      action={<ButtonLink to="/strategies">Choose a strategy</ButtonLink>}
    >
      A run is one execution of a strategy with its own parameters. You can have several at once.
    </Empty>
  )
}
