import type { Endpoint, Reply } from '@stratdesk/contracts/endpoint'
import { Problem } from '@stratdesk/contracts/problem'
import { z } from 'zod'

type JsonObject = { readonly [key: string]: unknown }

/** The OpenAPI 3.1 document of the endpoints; every one answers a Problem for each status it does not name. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {}
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stratdesk',
      version,
      description:
        'Money, prices and P&L are decimal strings; times are ISO 8601 in UTC; lists take `limit` and `cursor`.',
    },
    tags: [...new Set(endpoints.map((endpoint) => endpoint.room))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: jsonSchema(Problem, 'output') },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'session' } },
    },
  }
}

function operation(endpoint: Endpoint): JsonObject {
  return {
    operationId: endpoint.name,
    tags: [endpoint.room],
    summary: endpoint.summary,
    security: endpoint.signedIn ? [{ session: [] }] : [],
    parameters: [
      ...parameters(endpoint.params, 'path'),
      ...parameters(endpoint.query, 'query'),
      ...parameters(endpoint.headers, 'header'),
    ],
    ...(endpoint.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(endpoint.body, 'input') } },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(endpoint.replies).map(([status, reply]) => [status, response(reply)]),
      ),
      default: {
        description: 'Refused',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function parameters(schema: z.ZodObject | undefined, place: 'path' | 'query' | 'header'): JsonObject[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const isRequired = place === 'path' || !(field instanceof z.ZodOptional)
    return {
      name,
      in: place,
      required: isRequired,
      schema: field instanceof z.ZodType ? jsonSchema(field, 'input') : {},
    }
  })
}

function response(reply: Reply): JsonObject {
  if (reply === null) return { description: 'Done, without a body' }
  if (reply instanceof z.ZodType) {
    return { description: 'Done', content: { 'application/json': { schema: jsonSchema(reply, 'output') } } }
  }
  return { description: 'Done', content: { [reply.mediaType]: { schema: { type: 'string' } } } }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, reused: 'inline' })
  return rest
}
