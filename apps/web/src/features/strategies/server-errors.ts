import type { FieldProblem } from '@stratdesk/contracts/problem'

/** Complaints of the server sorted to the controls that can show them; `form` has those without a control. */
export interface PlacedErrors {
  readonly params: Readonly<Record<string, string>>
  readonly name: string | null
  readonly form: readonly string[]
}

/**
 * Places the field problems of a refused start: `body.params.fastLength`, `params.fastLength` and `fastLength` all
 * belong to the control `fastLength`. The first complaint about a control wins.
 */
export function placeErrors(problems: readonly FieldProblem[], fieldNames: readonly string[]): PlacedErrors {
  const params: Record<string, string> = {}
  const form: string[] = []
  let name: string | null = null
  for (const { path, message } of problems) {
    const inBody = path.replace(/^body\./, '')
    const param = inBody.replace(/^params\./, '').split('.')[0] ?? ''
    if (inBody === 'name') name ??= message
    else if (fieldNames.includes(param)) params[param] ??= message
    else form.push(path === '' ? message : `${inBody}: ${message}`)
  }
  return { params, name, form }
}
