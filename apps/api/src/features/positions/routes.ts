import { listPositions } from '@stratdesk/contracts/positions'
import type { RoomDeps } from '../../app-deps.ts'
import { positionRows } from './queries.ts'

/** What the account's runs hold. */
export function positionRoutes({ route }: RoomDeps): void {
  route(listPositions, async ({ scope }) => ({
    items: (await positionRows(scope)).map((row) => ({
      ...row,
      quantity: Number(row.quantity),
      source: 'fills' as const,
    })),
  }))
}
