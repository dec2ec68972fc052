import { z } from 'zod'
import { cases, type SweepCase } from './cases.ts'

/** A route of the server, as the sweep knows it. */
export interface SweptRoute {
  readonly name: string
  readonly method: string
  /** As it was registered: `/api/runs/:id`. */
  readonly url: string
  /** What the OpenAPI document says it takes beside its path. */
  readonly parameters: readonly Place[]
  readonly bodyFields: readonly string[]
  /** Whether its answer never ends. */
  readonly isStream: boolean
}

/** Somewhere in a request where an id can stand. */
export interface Place {
  readonly in: 'path' | 'query' | 'header' | 'body'
  readonly name: string
  /** Whether it takes words of a closed list, numbers or times only, so that ids are all refused alike. */
  readonly isClosed?: boolean
}

const Operation = z.object({
  operationId: z.string(),
  parameters: z.array(
    z.object({
      name: z.string(),
      in: z.enum(['path', 'query', 'header']),
      schema: z.object({ enum: z.unknown(), pattern: z.unknown(), format: z.unknown() }).partial(),
    }),
  ),
  requestBody: z
    .object({
      content: z.object({
        'application/json': z.object({
          schema: z.object({ properties: z.record(z.string(), z.unknown()).optional() }),
        }),
      }),
    })
    .optional(),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.unknown()).optional() })),
})
const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) })

/**
 * All routes that were registered, with what the OpenAPI document says of them. Throws with what to do when one has no
 * case, when a case has no route, or when the document describes what is not there.
 */
export function sweptRoutes(
  registered: readonly { readonly method: string; readonly url: string }[],
  document: unknown,
): readonly SweptRoute[] {
  const described = new Map(
    Object.entries(Document.parse(document).paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => [
        `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
        operation,
      ]),
    ),
  )
  const routes = registered.map(({ method, url }) => {
    const operation = described.get(`${method} ${url}`)
    described.delete(`${method} ${url}`)
    return routeOf(method, url, operation)
  })
  const names = new Set(routes.map(({ name }) => name))
  const missing = [
    ...routes.filter(({ name }) => !Object.hasOwn(cases, name)).map(howToAdd),
    ...Object.keys(cases)
      .filter((name) => !names.has(name))
      .map((name) => `The case ${name} of isolation/cases.ts has no route: remove it`),
    ...[...described.keys()].map((route) => `The OpenAPI document describes ${route}, which is not there`),
  ]
  if (missing.length > 0) throw new Error(missing.join('\n'))
  const order = Object.keys(cases)
  return routes.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

function howToAdd({ name, method, url }: SweptRoute): string {
  const params = [...url.matchAll(/:(\w+)/g)].map(([, param]) => `${param}: runId`)
  const example = params.length > 0 ? `({ runId }) => ({ path: { ${params.join(', ')} } })` : '() => ({})'
  return `The route ${method} ${url} is not swept: add a line to isolation/cases.ts, such as  '${name}': ${example},`
}

function routeOf(method: string, url: string, operation: z.output<typeof Operation> | undefined): SweptRoute {
  if (operation === undefined) {
    return { name: `${method} ${url}`, method, url, parameters: [], bodyFields: [], isStream: false }
  }
  const { operationId, parameters, requestBody, responses } = operation
  const fields = requestBody?.content['application/json'].schema.properties ?? {}
  return {
    name: operationId,
    method,
    url,
    parameters: parameters.flatMap((each) => (each.in === 'path' ? [] : [placeOf(each)])),
    bodyFields: Object.keys(fields),
    isStream: Object.values(responses).some(({ content }) => content && 'text/event-stream' in content),
  }
}

function placeOf({ name, in: where, schema }: z.output<typeof Operation>['parameters'][number]): Place {
  const isClosed =
    schema.format === undefined ? Boolean(schema.enum ?? schema.pattern) : schema.format !== 'uuid'
  return { in: where, name, isClosed }
}

/** Where nobody expects an id: had some code taken the account from there, this is where it would have looked. */
const unexpected: readonly Place[] = [
  ...['id', 'brokerId', 'broker_id', 'account'].map((name) => ({ in: 'query', name }) as const),
  ...['brokerId', 'broker_id'].map((name) => ({ in: 'body', name }) as const),
  ...['x-broker-id', 'x-account-id', 'x-user-id', 'x-forwarded-user', 'authorization'].map(
    (name) => ({ in: 'header', name }) as const,
  ),
]

/** Every place of a route's call, whether the document names it, the case fills it, or nobody expects it. */
export function placesOf(
  route: SweptRoute,
  own: SweepCase,
): { named: readonly Place[]; unexpected: readonly Place[] } {
  const named: Place[] = [
    ...Object.keys(own.path ?? {}).map((name) => ({ in: 'path', name }) as const),
    ...route.parameters,
    ...[...new Set([...route.bodyFields, ...leaves(own.body ?? {})])].map(
      (name) => ({ in: 'body', name }) as const,
    ),
  ]
  const bodyless = /^(GET|HEAD|OPTIONS)$/.test(route.method)
  return { named, unexpected: unexpected.filter((place) => !(bodyless && place.in === 'body')) }
}

function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, part]) => leaves(part, path === '' ? name : `${path}.${name}`))
}

/** The call with one place filled in otherwise. */
export function withPlace(call: SweepCase, place: Place, value: string): SweepCase {
  switch (place.in) {
    case 'path':
      return { ...call, path: { ...call.path, [place.name]: value } }
    case 'query':
      return { ...call, query: { ...call.query, [place.name]: value } }
    case 'header':
      return { ...call, headers: { ...call.headers, [place.name]: value } }
    case 'body':
      return { ...call, body: withLeaf(call.body ?? {}, place.name.split('.'), value) }
  }
}

function withLeaf(
  body: object,
  [name = '', ...rest]: readonly string[],
  value: string,
): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...body }
  const inner = fields[name]
  const isNested = rest.length > 0 && typeof inner === 'object' && inner !== null
  fields[name] = isNested ? withLeaf(inner, rest, value) : value
  return fields
}
