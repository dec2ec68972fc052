import type { Endpoint, EndpointOutput } from '@stratdesk/contracts/endpoint'
import { queryOptions } from '@tanstack/react-query'
import type { InputArgument } from './call.ts'
import type { ProblemError } from './problem-error.ts'
import { request, type RequestParts } from './request.ts'

/**
 * Query options of one GET: key `[endpoint.name, input]` and its fetch made together, for `useQuery`, loaders and
 * invalidation alike. `invalidateQueries({ queryKey: [endpoint.name] })` touches every input of it.
 */
export function q<E extends Endpoint>(endpoint: E, ...[input]: InputArgument<E>) {
  // Sealed: as in `call`.
  const parts = (input ?? {}) as RequestParts
  return queryOptions<EndpointOutput<E>, ProblemError, EndpointOutput<E>, [string, RequestParts]>({
    queryKey: [endpoint.name, parts],
    queryFn: async ({ signal }) => (await request(endpoint, parts, signal)) as EndpointOutput<E>,
  })
}
