import { NumberInput, Select, Switch, TextInput } from '@mantine/core'
import type { NumberField, ParamField } from '../../lib/param-fields.ts'
import { InstrumentInput } from '../../ui/instrument-input.tsx'
import classes from './start-run.module.css'

interface ParamControlProps {
  readonly id: string
  readonly field: ParamField
  readonly value: string | boolean
  readonly error: string | undefined
  readonly onChange: (value: string | boolean) => void
}

const order = ['label', 'input', 'description', 'error'] as const

/** The control of one parameter: label above, unit inside, help and complaint below. */
export function ParamControl({ id, field, value, error, onChange }: ParamControlProps) {
  const common = {
    label: field.title,
    description: field.description ?? undefined,
    error,
    id,
    inputWrapperOrder: [...order],
  }
  const text = String(value)
  switch (field.kind) {
    case 'number':
      return <NumberControl field={field} common={common} value={text} onChange={onChange} />
    case 'select':
      return (
        <Select
          {...common}
          data={[...field.options]}
          value={text}
          allowDeselect={false}
          onChange={(next) => onChange(next ?? '')}
        />
      )
    case 'instrument': {
      const { inputWrapperOrder: _, ...input } = common
      return <InstrumentInput {...input} value={text} onChange={onChange} />
    }
    case 'switch': {
      const { inputWrapperOrder: _, ...input } = common
      return (
        <Switch
          {...input}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )
    }
    case 'text':
      return <TextInput {...common} value={text} onChange={(event) => onChange(event.currentTarget.value)} />
  }
}

interface NumberControlProps {
  readonly field: NumberField
  readonly common: object
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Whatever is typed stays as it is, out of range too, so that the complaint is about what one sees. */
function NumberControl({ field, common, value, onChange }: NumberControlProps) {
  return (
    <NumberInput
      {...common}
      value={value}
      valueIsNumericString
      onChange={(next) => onChange(String(next))}
      clampBehavior="none"
      min={field.min ?? undefined}
      max={field.max ?? undefined}
      step={field.step !== null && field.step >= 0.5 ? field.step : field.integer ? 1 : 0.5}
      allowDecimal={!field.integer}
      allowNegative={field.min === null || field.min < 0}
      thousandSeparator=","
      thousandsGroupStyle="lakh"
      inputMode={field.integer ? 'numeric' : 'decimal'}
      autoComplete="off"
      rightSection={field.unit === null ? null : <span className={classes.unit}>{field.unit}</span>}
      rightSectionWidth={field.unit === null ? 0 : 24 + field.unit.length * 8}
      rightSectionPointerEvents="none"
      hideControls
    />
  )
}
