import { Combobox, InputBase, Loader, type MantineSize, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type Instrument, searchInstruments } from '@stratdesk/contracts/instruments'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react'
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
  const { combobox, typed, search, type, choose, close, enter } = useChooser(onChange)
  const chosen = useInstrument(value)
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
          rightSection={search.isFetching && typed !== null ? <Loader size={14} /> : <Combobox.Chevron />}
          rightSectionPointerEvents="none"
          placeholder={placeholder ?? 'Type a symbol or a name'}
          role="combobox"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={enter}
          onClick={() => combobox.openDropdown()}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={close}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} className={classes.options} aria-label="Instruments">
          <Options {...search} />
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

/** What is being typed and found, and how it becomes the choice. */
function useChooser(onChange: (id: string) => void) {
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [typed, setTyped] = useState<string | null>(null)
  const search = useSearch(typed)
  const { selectFirstOption } = combobox
  const canPick = search.isSettled && search.text !== ''
  useEffect(() => {
    if (canPick) selectFirstOption()
  }, [canPick, search.text, selectFirstOption])
  const type = (text: string) => {
    setTyped(text)
    combobox.openDropdown()
    combobox.resetSelectedOption()
  }
  const choose = (id: string) => {
    onChange(id)
    setTyped(null)
    combobox.closeDropdown()
  }
  const close = () => {
    if (typed === '') onChange('')
    setTyped(null)
    combobox.closeDropdown()
  }
  const enter = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Enter' || typed === null || event.nativeEvent.isComposing) return
    // What is typed is not chosen yet: a form is never submitted with the instrument before it.
    event.preventDefault()
    if (!combobox.dropdownOpened) return combobox.openDropdown()
    // What is selected, the list itself chooses.
    if (combobox.getSelectedOptionIndex() !== -1) return
    const [first] = search.items ?? []
    if (typed.trim() === '') close()
    else if (search.isSettled && first) choose(first.id)
  }
  return { combobox, typed, search, type, choose, close, enter }
}

interface Search {
  /** What was searched. */
  readonly text: string
  readonly items: readonly Instrument[] | undefined
  /** The items answer what is typed now, not what was typed before. */
  readonly isSettled: boolean
  readonly isFailed: boolean
  readonly isFetching: boolean
}

function useSearch(typed: string | null): Search {
  const [debounced] = useDebouncedValue(typed ?? '', 150)
  const text = debounced.trim()
  const found = useQuery({
    ...q(searchInstruments, { query: { query: text, limit: '20' } }),
    staleTime: 5 * 60_000,
  })
  const isCurrent = (typed ?? '').trim() === text
  return {
    text,
    items: found.data?.items,
    isSettled: isCurrent && found.data !== undefined,
    isFailed: isCurrent && found.isError && found.data === undefined,
    isFetching: found.isFetching,
  }
}

function Options({ items, isSettled, isFailed, text }: Search) {
  if (isFailed)
    return <Combobox.Empty>The instruments could not be searched. Type again to retry.</Combobox.Empty>
  if (!isSettled || items === undefined) return <Combobox.Empty>Searching</Combobox.Empty>
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
