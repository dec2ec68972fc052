import { callbackify } from 'node:util'
import type { Endpoint, Reply } from '@stratdesk/contracts/endpoint'
import { Problem, type FieldProblem } from '@stratdesk/contracts/problem'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { z } from 'zod'
import type { DeviceSession } from '../sign-in/device-session.ts'
import { sessionEnded } from '../sign-in/ending-words.ts'
import type { EndedBecause } from '../sign-in/session-plugin.ts'
import { isId } from './ids.ts'
import { invalidFields, notFound, reauthRequired, signedOut } from './problem.ts'
import { readPart } from './read-part.ts'
import { serializerSchema } from './serializer-schema.ts'

type Part<E, K extends string> = E extends { readonly [P in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined

/** Who calls: the device's session and the only way to that account's rows. */
export interface Account {
  readonly device: DeviceSession
  readonly scope: BrokerScope
}

/** What a handler gets: the parts of the request as its contract parsed them and, behind a sign-in, the account. */
export type Call<E extends Endpoint> = {
  readonly params: Part<E, 'params'>
  readonly query: Part<E, 'query'>
  readonly headers: Part<E, 'headers'>
  readonly body: Part<E, 'body'>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
} & (E['signedIn'] extends false ? unknown : Account)

/** A reply's value as a handler may give it: times as Date too, which the serialiser writes in ISO 8601. */
type Sendable<T> = T extends string
  ? string extends T
    ? string | Date
    : T
  : T extends readonly (infer Item)[]
    ? readonly Sendable<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Sendable<T[K]> }
      : T

type BodyOf<R> = R extends z.ZodType ? Sendable<z.input<R>> : R extends null ? void : never

/** What a handler answers: the body of the contract's reply, or the reply itself when it wrote that on its own. */
export type Answer<E extends Endpoint> = BodyOf<E['replies'][keyof E['replies']]> | FastifyReply

/** Answers one endpoint; throws ProblemError to refuse. */
export type Handler<E extends Endpoint> = (call: Call<E>) => Promise<Answer<E>>

/** How routes find the account of a session. */
export interface RouteDeps {
  readonly scopeOf: (device: DeviceSession) => BrokerScope
  /** Why the session of a request is over; asked only when it has none. */
  readonly endedBecause?: EndedBecause
  readonly now: () => number
}

/** Adds routes to an application: `route(listTrades, async ({ query, scope }) => …)`. */
export type AddRoute = <E extends Endpoint>(
  endpoint: E,
  handler: Handler<E>,
  options?: RouteOptions<E>,
) => void

interface RouteOptions<E extends Endpoint> {
  /** Calls a minute from one device or address; without it the route is not limited. */
  readonly perMinute?: number
  /**
   * An act that somebody at a desk left open must not do: it needs a broker login of this device in the last 15 minutes,
   * always or for the calls this says, and is `reauth-required` otherwise (ASVS 7.5.1).
   */
  readonly fresh?: boolean | ((call: Call<E>) => boolean)
  /** Answers a call that failed before or in its handler, instead of a Problem. */
  readonly refused?: (request: FastifyRequest, reply: FastifyReply, error: unknown) => FastifyReply
}

const problemSchema = {
  content: { 'application/problem+json': { schema: serializerSchema(Problem) } },
}

/**
 * Makes the one way to register a route: the method and path come from the contract, its parts are checked before the
 * handler runs, the answer is serialised by its reply schema, every other status is a Problem.
 */
export function createRoutes(app: FastifyInstance, deps: RouteDeps): AddRoute {
  return (endpoint, handler, options = {}) => {
    const { perMinute, fresh = false, refused } = options
    const success = Number(Object.keys(endpoint.replies)[0])
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      schema: { response: responseSchemas(endpoint) },
      config: perMinute ? { rateLimit: { max: perMinute, timeWindow: 60_000 } } : {},
      ...(refused ? { errorHandler: (error, request, reply) => void refused(request, reply, error) } : {}),
      ...(endpoint.signedIn ? { onRequest: requireSession(deps) } : {}),
      handler: async (request, reply) => {
        const call = readCall(endpoint, request, reply, deps)
        if (typeof fresh === 'function' ? fresh(call) : fresh) requireFresh(request, deps)
        const answer = await handler(call)
        // A handler that returns the reply has answered; awaiting a reply gives undefined once it is sent.
        if (reply.sent || answer === reply) return reply
        return reply.code(success).send(answer)
      },
    })
  }
}

function requireSession({ endedBecause = async () => undefined }: RouteDeps): onRequestHookHandler {
  const askWhy = callbackify(endedBecause)
  return (request, _reply, done) => {
    if (request.session?.device) done()
    else askWhy(request, (error, reason) => done(error ?? sessionEnded(reason)))
  }
}

/** How long a login at the broker is enough for sensitive acts. */
const freshMs = 15 * 60_000

function requireFresh({ session: { device } }: FastifyRequest, { now }: RouteDeps): void {
  // A login of the future was before the clock was set back, who knows when.
  if (!device || Math.abs(now() - device.authenticatedAt) >= freshMs) throw reauthRequired()
}

const noFields = z.strictObject({})
const noBody = noFields.optional()

/** Path parameters are ids, all of them: a text that cannot be one is answered like an id that does not exist. */
function isIdText(value: unknown): boolean {
  return typeof value === 'string' && isId(value)
}

function readCall<E extends Endpoint>(
  endpoint: E,
  request: FastifyRequest,
  reply: FastifyReply,
  deps: RouteDeps,
): Call<E> {
  const problems: FieldProblem[] = []
  const { params, query, headers, body } = endpoint
  const device = endpoint.signedIn ? request.session.device : undefined
  if (endpoint.signedIn && device === undefined) throw signedOut()
  const ids = params?.safeParse(request.params)
  const call = {
    params: ids?.data,
    query: readPart(query ?? noFields, request.query, 'query.', problems),
    headers: headers && readPart(headers, request.headers, 'headers.', problems),
    body: readPart(body ?? noBody, request.body, '', problems),
    request,
    reply,
    ...(device ? { device, scope: deps.scopeOf(device) } : {}),
  }
  if (problems.length > 0) throw invalidFields(problems)
  if (ids && !Object.values(ids.data ?? { id: undefined }).every(isIdText)) throw notFound()
  // The parts were just parsed by the schemas that Call<E> names; TypeScript cannot follow that through the generic.
  return call as unknown as Call<E>
}

function responseSchemas(endpoint: Endpoint): Record<string, object> {
  const schemas = Object.entries(endpoint.replies).flatMap(([status, reply]) =>
    isJson(reply) ? [[status, serializerSchema(reply)] as const] : [],
  )
  return { ...Object.fromEntries(schemas), default: problemSchema }
}

function isJson(reply: Reply): reply is z.ZodType {
  return reply instanceof z.ZodType
}
