import '@mantine/dates/styles.layer.css'
import { Button, Select } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { listRuns } from '@stratdesk/contracts/runs'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { IconCalendar, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { q } from '../../api/query.ts'
import { istDay } from '../../lib/time.ts'
import { InstrumentInput } from '../../ui/instrument-input.tsx'
import classes from './filters.module.css'
import { tradeFilters, type TradesSearch, tradesSearch } from './search.ts'

interface FiltersProps {
  readonly search: TradesSearch
  /** Changes part of the URL's filters; undefined takes one away. */
  readonly onChange: (change: TradesSearch) => void
}

/** How the trades are narrowed; all of it lives in the URL. */
export function Filters({ search, onChange }: FiltersProps) {
  const runs = useQuery(q(listRuns, { query: { limit: '200' } }))
  const strategies = useQuery(q(listStrategies))
  const choose = (name: keyof TradesSearch) => (value: string | null) =>
    onChange({ [name]: tradesSearch.shape[name].parse(value ?? undefined) })
  return (
    <div className={classes.filters} role="group" aria-label="Filters">
      <Days search={search} onChange={onChange} />
      <InstrumentInput
        size="xs"
        aria-label="Instrument"
        placeholder="Any instrument"
        value={search.instrument ?? ''}
        onChange={(instrument) => onChange({ instrument: instrument || undefined })}
        className={classes.wide}
      />
      <Pick
        label="Run"
        any="Any run"
        value={search.runId}
        options={(runs.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={choose('runId')}
      />
      <Pick
        label="Strategy"
        any="Any strategy"
        value={search.strategyId}
        options={(strategies.data?.items ?? []).map(({ id, title }) => ({ value: id, label: title }))}
        onChange={choose('strategyId')}
      />
      <Pick label="Side" any="Long and short" value={search.side} options={sides} onChange={choose('side')} />
      <Pick
        label="Result"
        any="Won and lost"
        value={search.result}
        options={results}
        onChange={choose('result')}
      />
    </div>
  )
}

/** How many filters are set. */
export function countFilters(search: TradesSearch): number {
  return Object.keys(tradeFilters(search)).length
}

/** Takes all filters away; nothing where there are none. */
export function ClearFilters({ search, onChange }: FiltersProps) {
  if (countFilters(search) === 0) return null
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      leftSection={<IconX size={13} />}
      onClick={() => onChange(noFilters)}
      className={classes.clear}
    >
      Clear filters
    </Button>
  )
}

const noFilters: TradesSearch = {
  from: undefined,
  to: undefined,
  instrument: undefined,
  runId: undefined,
  strategyId: undefined,
  side: undefined,
  result: undefined,
}
const sides = [
  { value: 'long', label: 'Long' },
  { value: 'short', label: 'Short' },
]
const results = [
  { value: 'win', label: 'Won' },
  { value: 'loss', label: 'Lost' },
]

/** From and to, as days in India; a half-chosen range waits for its other half. */
function Days({ search, onChange }: FiltersProps) {
  const value: [string | null, string | null] = [search.from ?? null, search.to ?? null]
  return (
    <DatePickerInput
      key={value.join()}
      type="range"
      size="xs"
      aria-description="Days of exit, in India"
      placeholder="Any day of exit"
      valueFormat="D MMM YYYY"
      leftSection={<IconCalendar size={14} />}
      clearable
      allowSingleDateInRange
      weekendDays={[]}
      maxDate={istDay(Date.now())}
      defaultValue={value}
      onChange={([from, to]) => {
        if ((from === null) === (to === null)) onChange({ from: from ?? undefined, to: to ?? undefined })
      }}
      className={classes.days}
    />
  )
}

interface PickProps {
  readonly label: string
  readonly any: string
  readonly value: string | undefined
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string | null) => void
}

function Pick({ label, any, value, options, onChange }: PickProps) {
  const isListed = value === undefined || options.some((option) => option.value === value)
  return (
    <Select
      size="xs"
      aria-label={label}
      placeholder={any}
      // What the URL names stays visible, even when it is not among the newest.
      data={isListed ? [...options] : [...options, { value, label: value }]}
      value={value ?? null}
      onChange={onChange}
      clearable
      searchable={options.length > 8}
      className={classes.pick}
    />
  )
}
