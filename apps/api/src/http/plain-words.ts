import type { z } from 'zod'

const kinds: Readonly<Record<string, string>> = {
  string: 'Must be text',
  number: 'Must be a number',
  int: 'Must be a whole number',
  boolean: 'Must be true or false',
  array: 'Must be a list',
  object: 'Must be an object',
  record: 'Must be an object',
}

/** Words for what zod words for programmers; a schema's own messages come first, undefined leaves zod's. */
export function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'Unknown field'
    case 'invalid_type':
      return issue.input === undefined ? 'Required' : kinds[issue.expected]
    case 'too_small':
      return limit('at least', issue.minimum, issue.origin)
    case 'too_big':
      return limit('at most', issue.maximum, issue.origin)
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}`
    case 'invalid_value':
      return issue.input === undefined ? 'Required' : `Must be one of: ${issue.values.map(String).join(', ')}`
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
      return undefined
  }
}

function limit(words: string, bound: number | bigint, origin: string): string | undefined {
  if (origin === 'string') return `Must have ${words} ${bound} characters`
  return ['number', 'int', 'bigint'].includes(origin) ? `Must be ${words} ${bound}` : undefined
}
