import { getAbout } from '@stratdesk/contracts/about'
import type { RoomDeps } from '../../app-deps.ts'

/** What runs here: the version, and what the last proof of the walls between accounts found. */
export function aboutRoutes({ route, version, build }: RoomDeps): void {
  const startedAt = new Date(performance.timeOrigin)

  route(getAbout, async () => ({
    version,
    commit: build?.commit ?? null,
    node: process.version,
    startedAt,
    proof: (await build?.readProof()) ?? null,
  }))
}
