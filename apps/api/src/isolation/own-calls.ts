import type { TestServer } from '../testing/server.ts'
import { type Answer, callRoute } from './answer.ts'
import { cases } from './cases.ts'
import type { SweptRoute } from './sweep-routes.ts'
import type { World } from './world.ts'

/** Throws unless an account was answered as it should be when it calls with ids of its own. */
export function requireSuccess(
  route: SweptRoute,
  { status, headers, body }: Answer,
  ownStatus: number | undefined,
): void {
  const { location = '' } = headers
  const isRight =
    ownStatus === undefined ? status < 400 && !String(location).includes('problem=') : status === ownStatus
  if (isRight) return
  throw new Error(
    `The case ${route.name} of isolation/cases.ts proves nothing: with ids of its own an account is answered ` +
      `${status} ${location} ${body.slice(0, 300)}`,
  )
}

/** Makes each call as the account whose ids are in it, so that they are seen to be real. */
export async function requireOwnCalls(
  server: TestServer,
  world: World,
  routes: readonly SweptRoute[],
): Promise<void> {
  for (const route of routes) {
    const call = cases[route.name]?.(world.ids) ?? {}
    requireSuccess(route, await callRoute(server, world.browser, route, call), call.ownStatus)
  }
}
