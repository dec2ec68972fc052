import { listPositions } from '@stratdesk/contracts/positions'
import type { RoomDeps } from '../../app-deps.ts'
import { openPositions } from './queries.ts'

const positionsMax = 1000

/** What the account's runs hold. */
export function positionRoutes({ route }: RoomDeps): void {
  route(listPositions, async ({ scope }) => ({
    items: (await scope.run(openPositions, { limit: positionsMax })).map((row) => ({
      ...row,
      quantity: Number(row.quantity),
      averagePrice: row.averagePrice ?? '0',
      source: 'fills' as const,
    })),
  }))
}
