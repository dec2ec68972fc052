import { ActionIcon, Button, Progress, Tooltip } from '@mantine/core'
import type { TradeFilters } from '@stratdesk/contracts/trades'
import { IconDownload, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { problemMessage } from '../../api/problem-error.ts'
import { quantity } from '../../lib/money.ts'
import { istDay } from '../../lib/time.ts'
import { fetchTradesCsv, saveFile } from './csv-download.ts'
import classes from './export-button.module.css'

interface ExportButtonProps {
  readonly filters: TradeFilters
  /** How many trades the filters match; undefined while unknown. */
  readonly total: number | undefined
}

type Export =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly rows: number }
  | { readonly state: 'failed'; readonly message: string }

/** Saves the filtered trades as CSV, with progress and a way out while a long one is coming. */
export function ExportButton({ filters, total }: ExportButtonProps) {
  const { current, start, cancel } = useExport(filters)
  if (current.state === 'running') return <Running rows={current.rows} total={total} onCancel={cancel} />
  return (
    <div className={classes.export}>
      {current.state === 'failed' && (
        <span role="alert" className={classes.failed}>
          Nothing was saved. {current.message}
        </span>
      )}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconDownload size={14} />}
        onClick={start}
        disabled={total === 0}
      >
        Export CSV
      </Button>
    </div>
  )
}

interface RunningProps {
  readonly rows: number
  readonly total: number | undefined
  readonly onCancel: () => void
}

function Running({ rows, total, onCancel }: RunningProps) {
  const share = total ? Math.min(100, (rows / total) * 100) : 100
  return (
    <div className={classes.export} role="status">
      <span className={classes.count}>
        {quantity(rows)} {total === undefined ? 'rows' : `of ${quantity(total)}`}
      </span>
      <Progress
        value={share}
        animated={total === undefined}
        className={classes.progress}
        aria-label="Export of the trades"
      />
      <Tooltip label="Cancel the export">
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Cancel the export" onClick={onCancel}>
          <IconX size={14} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

function useExport(filters: TradeFilters) {
  const [current, setCurrent] = useState<Export>({ state: 'idle' })
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  const run = async () => {
    const controller = new AbortController()
    running.current = controller
    setCurrent({ state: 'running', rows: 0 })
    try {
      const file = await fetchTradesCsv(filters, controller.signal, (rows) =>
        setCurrent({ state: 'running', rows }),
      )
      saveFile(file, `trades-${istDay(Date.now())}.csv`)
      setCurrent({ state: 'idle' })
    } catch (error) {
      if (controller.signal.aborted) setCurrent({ state: 'idle' })
      else setCurrent({ state: 'failed', message: problemMessage(error) })
    }
  }
  return { current, start: () => void run(), cancel: () => running.current?.abort() }
}
