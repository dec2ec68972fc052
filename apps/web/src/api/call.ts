import type { Endpoint, EndpointInput, EndpointOutput } from '@stratdesk/contracts/endpoint'
import { request, requestUrl, type RequestParts } from './request.ts'

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** True where every part of an endpoint's input may be left out. */
export type InputIsOptional<E extends Endpoint> = Record<never, never> extends EndpointInput<E> ? true : false

/** The arguments after the endpoint: the input may be left out where nothing in it is required. */
export type InputArgument<E extends Endpoint> =
  InputIsOptional<E> extends true ? [input?: EndpointInput<E>] : [input: EndpointInput<E>]

type CallArguments<E extends Endpoint> =
  InputIsOptional<E> extends true
    ? [input?: EndpointInput<E>, options?: CallOptions]
    : [input: EndpointInput<E>, options?: CallOptions]

/**
 * Makes one typed call with the session's cookie. Throws `ProblemError` for every refusal and when the server
 * cannot be reached; an aborted call throws the signal's reason.
 */
export async function call<E extends Endpoint>(
  endpoint: E,
  ...[input, options]: CallArguments<E>
): Promise<EndpointOutput<E>> {
  // Sealed: an endpoint's input is always a form of RequestParts, and the API serialises every reply by the
  // contract's own schema, so neither is checked again in the browser.
  return (await request(endpoint, (input ?? {}) as RequestParts, options?.signal)) as EndpointOutput<E>
}

/** The address of a call, for links and downloads. */
export function callUrl<E extends Endpoint>(endpoint: E, ...[input]: InputArgument<E>): string {
  // Sealed: as in `call`.
  return requestUrl(endpoint, (input ?? {}) as RequestParts)
}
