import type { Endpoint } from '@stratdesk/contracts/endpoint'
import { endpoints } from '@stratdesk/contracts/endpoints'
import { z } from 'zod'

/** What a parameter may be whose schema does not say so itself. */
const samples: Readonly<Record<string, string>> = {
  deviceId: '01a20677-54d3-7444-baea-5f9d901a9b40',
  instrument: 'SIM:SPX500',
  limit: '1',
  points: '100',
  query: 'SPX',
  search: 'line',
  strategyId: 'ema-crossover',
}

const Query = z.object({
  properties: z.record(
    z.string(),
    z.object({ enum: z.array(z.string()).optional(), format: z.string().optional() }),
  ),
  required: z.array(z.string()).optional(),
})

/**
 * Every call that reads an account's rows, as the contracts describe it: by itself, with each value of each parameter
 * alone, and with all parameters; lists by pages of one row too. Throws when a parameter needs a sample.
 */
export function readingCalls(runId: string): readonly string[] {
  return calls.flatMap((endpoint) => {
    const path = endpoint.path.replace(':id', runId)
    return queriesOf(endpoint, { ...samples, runId }).map((query) => {
      const text = new URLSearchParams(query).toString()
      return text === '' ? path : `${path}?${text}`
    })
  })
}

function isStream({ replies }: Endpoint): boolean {
  const reply = replies[200]
  return (
    reply !== null && reply !== undefined && 'mediaType' in reply && reply.mediaType === 'text/event-stream'
  )
}

const reading = endpoints.filter(({ method, signedIn }) => method === 'GET' && signedIn)
const calls = reading.filter((endpoint) => !isStream(endpoint))
/** The names of those that never end and have to be called otherwise. */
export const readingStreams = reading.filter(isStream).map(({ name }) => name)

type Values = Readonly<Record<string, string>>

function queriesOf({ name, query }: Endpoint, known: Values): readonly Values[] {
  if (query === undefined) return [{}]
  const { properties, required = [] } = Query.parse(z.toJSONSchema(query, { io: 'input' }))
  // The next page is asked for wherever a page says that there is one.
  const { cursor: _next, ...asked } = properties
  const values = Object.entries(asked).map(([parameter, schema]) => {
    const format = schema.format && { date: '2026-01-06', 'date-time': '2026-01-06T00:00:00Z' }[schema.format]
    const found = schema.enum ?? [format ?? known[parameter]]
    return found.map((value) => {
      if (value !== undefined) return { [parameter]: value }
      throw new Error(`Write into testing/reading-calls.ts what ${name} may be asked for by ${parameter}`)
    })
  })
  const all: Values = Object.assign({}, ...values.map(([first]) => first))
  const least = Object.fromEntries(required.map((parameter) => [parameter, all[parameter] ?? '']))
  const page = 'limit' in asked ? { limit: '1' } : {}
  const each = values.flat().flatMap((value) => [
    { ...least, ...value },
    { ...least, ...page, ...value },
  ])
  return [least, ...each, all]
}
