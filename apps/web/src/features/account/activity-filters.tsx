import '@mantine/dates/styles.layer.css'
import { Button, Select } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import type { AuditEntry } from '@stratdesk/contracts/audit'
import { listDevices } from '@stratdesk/contracts/devices'
import { IconCalendar, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { q } from '../../api/query.ts'
import { istDay } from '../../lib/time.ts'
import classes from './activity.module.css'
import { actionOptions } from './activity-words.ts'
import { type ActivitySearch, activitySearch, countActivityFilters } from './search.ts'

interface ActivityFiltersProps {
  readonly search: ActivitySearch
  /** What is loaded: its devices can be chosen although they are signed in no more. */
  readonly entries: readonly AuditEntry[]
  readonly onChange: (search: ActivitySearch) => void
}

/** How the activity is narrowed; all of it lives in the URL. */
export function ActivityFilters({ search, entries, onChange }: ActivityFiltersProps) {
  const devices = useDeviceOptions(search.device, entries)
  const choose = (name: 'action' | 'device') => (value: string | null) =>
    onChange({ ...search, [name]: activitySearch.shape[name].parse(value ?? undefined) })
  return (
    <div className={classes.filters} role="group" aria-label="Filters">
      <Days search={search} onChange={onChange} />
      <Select
        size="xs"
        aria-label="Action"
        placeholder="Any action"
        data={actionOptions}
        value={search.action ?? null}
        onChange={choose('action')}
        clearable
        className={classes.pick}
      />
      <Select
        size="xs"
        aria-label="Device"
        placeholder="Any device"
        data={devices}
        value={search.device ?? null}
        onChange={choose('device')}
        clearable
        className={classes.pick}
      />
      {countActivityFilters(search) > 0 && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconX size={13} />}
          onClick={() => onChange({})}
          className={classes.clear}
        >
          Clear filters
        </Button>
      )}
    </div>
  )
}

/** From and to, as days in India; a half-chosen range waits for its other half. */
function Days({ search, onChange }: Omit<ActivityFiltersProps, 'entries'>) {
  const value: [string | null, string | null] = [search.from ?? null, search.to ?? null]
  return (
    <DatePickerInput
      key={value.join()}
      type="range"
      size="xs"
      aria-description="Days, in India"
      placeholder="Any day"
      valueFormat="D MMM YYYY"
      leftSection={<IconCalendar size={14} />}
      clearable
      allowSingleDateInRange
      weekendDays={[]}
      maxDate={istDay(Date.now())}
      defaultValue={value}
      onChange={([from, to]) => {
        if ((from === null) === (to === null))
          onChange({ ...search, from: from ?? undefined, to: to ?? undefined })
      }}
      className={classes.days}
    />
  )
}

/** The devices that are signed in, those the loaded entries name, and whichever the URL names. */
function useDeviceOptions(chosen: string | undefined, entries: readonly AuditEntry[]) {
  const { data } = useQuery(q(listDevices))
  const labels = new Map(
    entries.flatMap(({ device }) => (device === null ? [] : [[device.id, device.label]])),
  )
  for (const { id, label } of data?.items ?? []) labels.set(id, label)
  if (chosen !== undefined && !labels.has(chosen)) labels.set(chosen, 'Another device')
  return Array.from(labels, ([value, label]) => ({ value, label }))
}
