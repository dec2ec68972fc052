import { streamEvents } from '@stratdesk/contracts/events'
import type { RoomDeps } from '../../app-deps.ts'
import { EventStream } from '../../live/event-stream.ts'
import { sessionKey } from '../../sign-in/session-plugin.ts'

/** The account's live events. */
export function eventRoutes({ route, hub }: RoomDeps): void {
  route(streamEvents, async ({ headers, device, scope, request, reply }) => {
    const text = headers['last-event-id']
    const lastEventId = text === undefined || text === '' ? undefined : Number(text)
    // An id that is no number cannot be ours: NaN is behind nothing, so the client is told to reset.
    await hub.open(scope, new EventStream(device, sessionKey(request.session.sessionId), reply), lastEventId)
    return reply
  })
}
