import { getConnection } from '@stratdesk/contracts/connection'
import type { RoomDeps } from '../../app-deps.ts'
import { readAccount } from '../../broker/connection-view.ts'

/** The account's broker connection, which all its devices share. */
export function connectionRoutes({ route, broker, now }: RoomDeps): void {
  route(getConnection, async ({ scope }) => (await readAccount(scope, now(), broker.simulated)).connection)
}
