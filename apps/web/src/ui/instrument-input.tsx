import { Combobox, InputBase, Loader, type MantineSize, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type Instrument, searchInstruments } from '@stratdesk/contracts/instruments'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { q } from '../api/query.ts'
import classes from './instrument-input.module.css'

interface InstrumentInputProps {
  /** `EXCHANGE:SYMBOL`, or empty. */
  readonly value: string
  readonly onChange: (id: string) => void
  readonly label?: string
  readonly description?: ReactNode
  readonly error?: ReactNode
  readonly id?: string
  readonly size?: MantineSize
  readonly placeholder?: string
  readonly className?: string
  readonly 'aria-label'?: string
}

/** Chooses an instrument by typing part of its symbol or name; only what the list has can be chosen. */
export function InstrumentInput({
  value,
  onChange,
  description,
  placeholder,
  ...input
}: InstrumentInputProps) {
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [typed, setTyped] = useState<string | null>(null)
  const [text] = useDebouncedValue(typed ?? '', 150)
  const found = useQuery({
    ...q(searchInstruments, { query: { query: text.trim(), limit: '20' } }),
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
  })
  const chosen = useInstrument(value)
  const close = () => {
    if (typed === '') onChange('')
    setTyped(null)
    combobox.closeDropdown()
  }
  const choose = (id: string) => {
    onChange(id)
    setTyped(null)
    combobox.closeDropdown()
  }
  return (
    <Combobox store={combobox} onOptionSubmit={choose} withinPortal>
      <Combobox.Target withExpandedAttribute>
        <InputBase
          {...input}
          value={typed ?? value}
          description={
            description !== undefined && chosen ? <InstrumentFacts instrument={chosen} /> : description
          }
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          rightSection={found.isFetching && typed !== null ? <Loader size={14} /> : <Combobox.Chevron />}
          rightSectionPointerEvents="none"
          placeholder={placeholder ?? 'Type a symbol or a name'}
          role="combobox"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            combobox.openDropdown()
            combobox.selectFirstOption()
          }}
          onClick={() => combobox.openDropdown()}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={close}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} className={classes.options} aria-label="Instruments">
          <Options items={found.data?.items} isFailed={found.isError} text={text} />
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

interface OptionsProps {
  readonly items: readonly Instrument[] | undefined
  readonly isFailed: boolean
  readonly text: string
}

function Options({ items, isFailed, text }: OptionsProps) {
  if (isFailed)
    return <Combobox.Empty>The instruments could not be searched. Type again to retry.</Combobox.Empty>
  if (items === undefined) return <Combobox.Empty>Searching</Combobox.Empty>
  if (items.length === 0) return <Combobox.Empty>Nothing is called “{text}”</Combobox.Empty>
  return items.map((instrument) => (
    <Combobox.Option key={instrument.id} value={instrument.id}>
      <div className={classes.option}>
        <span className={classes.symbol}>{instrument.tradingsymbol}</span>
        <span className={classes.name}>{instrument.name}</span>
        <span className={classes.lot}>
          {instrument.exchange} · lot {instrument.lotSize}
        </span>
      </div>
    </Combobox.Option>
  ))
}

function InstrumentFacts({ instrument }: { readonly instrument: Instrument }) {
  return (
    <>
      {instrument.name} · lot size {instrument.lotSize} · tick {instrument.tickSize}
    </>
  )
}

/** The details of a chosen instrument, searched by its symbol. */
function useInstrument(id: string): Instrument | undefined {
  const symbol = id.slice(id.indexOf(':') + 1)
  const found = useQuery({
    ...q(searchInstruments, { query: { query: symbol, limit: '20' } }),
    enabled: id.includes(':'),
    staleTime: 5 * 60_000,
  })
  return found.data?.items.find((instrument) => instrument.id === id)
}
