import { Button, Code, CopyButton, DataList } from '@mantine/core'
import type { Run } from '@stratdesk/contracts/runs'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { Time } from '../../ui/numbers.tsx'
import classes from './run-page.module.css'

/** Everything known about a run that a trader seldom needs: ids, version, revision, and the run as JSON. */
export function DetailsTab({ run }: { readonly run: Run }) {
  const json = JSON.stringify(run, null, 2)
  const facts = [
    { label: 'Run id', value: run.id },
    { label: 'Strategy', value: `${run.strategyId} ${run.strategyVersion}` },
    { label: 'Revision', value: String(run.revision) },
    { label: 'Wanted', value: run.desired },
    { label: 'Device', value: `${run.startedBy.label} (${run.startedBy.deviceId})` },
    { label: 'Created', value: <Time at={run.createdAt} /> },
    { label: 'Started', value: <Time at={run.startedAt} /> },
    { label: 'Stopped', value: <Time at={run.stoppedAt} /> },
    { label: 'Why it stopped', value: run.stopReason ?? '—' },
    { label: 'Last activity', value: <Time at={run.lastActivityAt} /> },
  ]
  return (
    <div className={classes.panel}>
      <div className={classes.details}>
        <DataList size="sm" labelWidth={120}>
          {facts.map(({ label, value }) => (
            <DataList.Item key={label}>
              <DataList.ItemLabel>{label}</DataList.ItemLabel>
              <DataList.ItemValue className={classes.detail}>{value}</DataList.ItemValue>
            </DataList.Item>
          ))}
        </DataList>
        <div className={classes.json}>
          <CopyButton value={json}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                variant="default"
                leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                onClick={copy}
              >
                {copied ? 'Copied' : 'Copy JSON'}
              </Button>
            )}
          </CopyButton>
          <Code block className={classes.code} tabIndex={0} aria-label="The run as JSON">
            {json}
          </Code>
        </div>
      </div>
    </div>
  )
}
