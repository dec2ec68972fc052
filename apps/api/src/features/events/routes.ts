import { streamEvents } from '@stratdesk/contracts/events'
import type { RoomDeps } from '../../app-deps.ts'
import { EventStream } from '../../live/event-stream.ts'
import { sessionKey } from '../../sign-in/session-plugin.ts'

/** The account's live events. */
export function eventRoutes({ route, hub }: RoomDeps): void {
  route(streamEvents, async ({ headers, device, scope, request, reply }) => {
    const text = headers['last-event-id']
    const lastEventId = text === undefined || text === '' ? undefined : sequence(text)
    await hub.open(scope, new EventStream(device, sessionKey(request.session.sessionId), reply), lastEventId)
    return reply
  })
}

/** An id that is no sequence cannot be ours: NaN is behind nothing, so the client is told to reset. */
function sequence(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
