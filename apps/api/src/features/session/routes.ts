import { getSession, signOut, stepUp } from '@stratdesk/contracts/session'
import type { RoomDeps } from '../../app-deps.ts'
import { beginLoginAgain } from '../../sign-in/begin-login.ts'
import { endDevices } from '../../sign-in/end-devices.ts'
import { clearSessionCookie } from '../../sign-in/session-plugin.ts'
import { sessionView } from './session-view.ts'

/** Who is signed in, proving that it is still them, signing out. Signing in is in sign-in.ts and callback.ts. */
export function sessionRoutes(deps: RoomDeps): void {
  const { route, https } = deps

  route(getSession, async ({ device }) => await sessionView(deps, device))

  route(stepUp, async ({ body, ...call }) => await beginLoginAgain(deps, call, 'step-up', body.returnTo), {
    perMinute: deps.signInsPerMinute,
  })

  route(signOut, async ({ device, scope, request, reply }) => {
    await endDevices(deps, scope, device, 'signed-out', (other) => other.deviceId === device.deviceId)
    await request.session.destroy()
    clearSessionCookie(reply, https)
  })
}
