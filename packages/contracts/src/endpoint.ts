import type { z } from 'zod'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a reply carries: a JSON schema, no body at all (`null`), or bytes of the named media type. */
export type Reply = z.ZodType | null | { readonly mediaType: string }

/**
 * One HTTP call, read by the API (route, validation, serialiser, OpenAPI) and by the browser (typed client).
 * `path` is Fastify's form (`/api/runs/:id`). Every reply that is not named answers with a Problem.
 */
export interface Endpoint {
  readonly name: string
  readonly method: Method
  readonly path: `/${string}`
  readonly room: string
  readonly summary: string
  /** `false` for the few calls that work without a session. */
  readonly signedIn: boolean
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject
  readonly body?: z.ZodType
  readonly replies: Readonly<Record<number, Reply>>
}

/** Declares an endpoint and keeps the exact types of its parts. Signed in unless it says otherwise. */
export function endpoint<const E extends Omit<Endpoint, 'signedIn'> & { readonly signedIn?: boolean }>(
  parts: E,
): E & { readonly signedIn: boolean } {
  return { ...parts, signedIn: parts.signedIn ?? true }
}

type Part<E, K extends string> = E extends { readonly [P in K]: infer S extends z.ZodType }
  ? { readonly [P in K]: z.input<S> }
  : unknown

/** What a caller sends: params, query, headers and body, each only where the endpoint has it. */
export type EndpointInput<E extends Endpoint> = Part<E, 'params'> &
  (E extends { readonly query: infer Q extends z.ZodType } ? { readonly query?: z.input<Q> } : unknown) &
  Part<E, 'headers'> &
  Part<E, 'body'>

type SuccessStatus = 200 | 201 | 202 | 204
type ReplyBody<R> = R extends z.ZodType ? z.output<R> : R extends null ? undefined : Blob

/** What a successful call answers. */
export type EndpointOutput<E extends Endpoint> = {
  [S in keyof E['replies'] & SuccessStatus]: ReplyBody<E['replies'][S]>
}[keyof E['replies'] & SuccessStatus]
