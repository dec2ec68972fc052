import type { FieldProblem } from '@stratdesk/contracts/problem'
import type { z } from 'zod'
import { plainWords } from './plain-words.ts'

const fieldsMax = 50
const depthMax = 32

type Prefix = '' | 'path.' | 'query.' | 'headers.'

/**
 * Parses one part of a request. Problems are added to `problems`, with paths into the request: the body's own
 * (`params.fastLength`), others behind the name of their part (`query.limit`). At most 50 are named.
 */
export function readPart(
  schema: z.ZodType,
  value: unknown,
  prefix: Prefix,
  problems: FieldProblem[],
): unknown {
  const result = schema.safeParse(value, { error: plainWords })
  if (result.success) {
    findUnstorable(result.data, prefix.slice(0, -1), problems)
    return result.data
  }
  for (const issue of result.error.issues) addProblems(issue, prefix, problems)
  return undefined
}

/** The fields of a zod error, each path behind `prefix`. */
export function fieldProblems(error: z.ZodError, prefix: string): FieldProblem[] {
  const problems: FieldProblem[] = []
  for (const issue of error.issues) addProblems(issue, prefix, problems)
  return problems
}

function addProblems(issue: z.core.$ZodIssue, prefix: string, problems: FieldProblem[]): void {
  const path = issue.path.map(String)
  const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path]
  for (const parts of paths) {
    if (problems.length >= fieldsMax) return
    const dotted = `${prefix}${parts.join('.')}`.replace(/\.$/, '')
    problems.push({ path: dotted.slice(0, 200), message: issue.message })
  }
}

/**
 * Postgres cannot keep a null character nor half a surrogate pair, so they are refused here rather than by it. Nothing
 * that is nested without end comes further than this either.
 */
function findUnstorable(value: unknown, path: string, problems: FieldProblem[], depth = 0): void {
  if (problems.length >= fieldsMax) return
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) {
      problems.push({ path: path.slice(0, 200), message: 'Holds a character that cannot be stored' })
    }
  } else if (typeof value === 'object' && value !== null) {
    if (depth >= depthMax)
      return void problems.push({ path: path.slice(0, 200), message: 'Nested too deeply' })
    for (const [key, part] of Object.entries(value)) {
      const at = path === '' ? key : `${path}.${key}`
      findUnstorable(key, at, problems)
      findUnstorable(part, at, problems, depth + 1)
    }
  }
}
