import { useForm } from '@mantine/form'
import type { Run } from '@stratdesk/contracts/runs'
import type { Strategy } from '@stratdesk/contracts/strategies'
import { type FormEvent, useState } from 'react'
import type { ProblemError } from '../../api/problem-error.ts'
import { checkAll } from './check-field.ts'
import { allFields, initialValues, type ParamField, paramGroups, toParams } from '../../lib/param-fields.ts'
import { placeErrors } from './server-errors.ts'
import { useStartRun } from './use-start-run.ts'

interface FormValues {
  name: string
  params: Record<string, string | boolean>
}

const nameMax = 80

/** The element id of a control: `name`, or `params.` and the parameter's name. */
export function controlId(path: string): string {
  return `start-${path}`
}

/** The state of the start form: values, complaints of the live check and of the server, and how it is sent. */
export function useStartForm(strategy: Strategy, from: Run | undefined, onStarted: (run: Run) => void) {
  const [groups] = useState(() => paramGroups(strategy.paramsSchema))
  const fields = allFields(groups)
  const [unplaced, setUnplaced] = useState<readonly string[]>([])
  const start = useStartRun(onStarted)
  const form = useForm<FormValues>({
    initialValues: { name: '', params: initialValues(fields, from?.params) },
    validateInputOnChange: true,
    validate: (values) => formErrors(checkAll(fields, values.params), nameError(values.name)),
  })

  const refused = (error: ProblemError) => {
    const placed = placeErrors(
      error.fields,
      fields.map((field) => field.name),
    )
    const errors = formErrors(placed.params, placed.name)
    form.setErrors(errors)
    setUnplaced(placed.form)
    focusFirst(fields, errors)
  }

  const send = ({ name, params }: FormValues) => {
    if (start.isPending) return
    const body = { strategyId: strategy.id, params: toParams(fields, params), mode: 'paper' as const }
    const trimmed = name.trim()
    start.mutate(trimmed === '' ? body : { ...body, name: trimmed }, { onError: refused })
  }

  return {
    groups,
    form,
    error: start.error,
    unplaced,
    isPending: start.isPending,
    submit: (event: FormEvent<HTMLFormElement>) =>
      form.onSubmit(send, (errors) => focusFirst(fields, errors))(event),
    errorOf: (path: string) => {
      const error = form.errors[path]
      return typeof error === 'string' ? error : undefined
    },
  }
}

/** Moves the focus to the topmost control with a complaint. */
function focusFirst(fields: readonly ParamField[], errors: Readonly<Record<string, unknown>>): void {
  const paths = [...fields.map((field) => `params.${field.name}`), 'name']
  const path = paths.find((candidate) => errors[candidate])
  if (path !== undefined) document.getElementById(controlId(path))?.focus()
}

function nameError(name: string): string | null {
  return name.trim().length > nameMax ? `Must be ${nameMax} characters or fewer` : null
}

function formErrors(params: Readonly<Record<string, string>>, name: string | null): Record<string, string> {
  const errors = Object.fromEntries(Object.entries(params).map(([field, text]) => [`params.${field}`, text]))
  return name === null ? errors : { ...errors, name }
}
