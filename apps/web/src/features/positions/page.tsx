import { listPositions, type Position } from '@stratdesk/contracts/positions'
import { useQuery } from '@tanstack/react-query'
import { IconStack2 } from '@tabler/icons-react'
import { q } from '../../api/query.ts'
import { ButtonLink } from '../../ui/button-link.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Empty, LoadingRows, QueryFace } from '../../ui/faces.tsx'
import { Price } from '../../ui/numbers.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { LastPrice, PositionCard, Quantity, RunLink, Source, Unrealised } from './cells.tsx'

const columns: readonly Column<Position>[] = [
  { id: 'instrument', header: 'Instrument', cell: (position) => <strong>{position.instrument}</strong> },
  { id: 'run', header: 'Run', cell: (position) => <RunLink position={position} /> },
  {
    id: 'quantity',
    header: 'Quantity',
    align: 'right',
    cell: (position) => <Quantity quantity={position.quantity} />,
  },
  {
    id: 'average',
    header: 'Average',
    align: 'right',
    cell: (position) => <Price value={position.averagePrice} />,
  },
  { id: 'last', header: 'Last', align: 'right', cell: (position) => <LastPrice position={position} /> },
  {
    id: 'unrealised',
    header: 'Unrealised P&L',
    align: 'right',
    cell: (position) => <Unrealised position={position} />,
  },
  { id: 'source', header: 'Source', cell: (position) => <Source position={position} /> },
]

/** What the account's runs hold now, at live prices. */
export function PositionsPage() {
  const positions = useQuery(q(listPositions))
  return (
    <Page title="Positions" description="What your runs hold now. Quantity below zero is sold short.">
      <Section title="Open positions" flush>
        <QueryFace
          query={positions}
          loading={<LoadingRows rows={4} />}
          failed="The positions could not be loaded."
        >
          {({ items }) =>
            items.length === 0 ? (
              <NoPositions />
            ) : (
              <DataTable
                label="Open positions"
                columns={columns}
                rows={items}
                rowKey={(position) => `${position.runId} ${position.instrument}`}
                card={(position) => <PositionCard position={position} />}
              />
            )
          }
        </QueryFace>
      </Section>
    </Page>
  )
}

function NoPositions() {
  return (
    <Empty
      title="No open positions"
      icon={<IconStack2 stroke={1.4} />}
      action={
        <ButtonLink to="/runs" variant="default">
          See your runs
        </ButtonLink>
      }
    >
      A position appears here as soon as a run has entered the market, and leaves when it is out again.
    </Empty>
  )
}
