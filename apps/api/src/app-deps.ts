import type { BrokerId } from '@stratdesk/data/broker-id'
import type { Market } from '@stratdesk/data/market'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { Vault } from '@stratdesk/data/vault'
import type { AccountRequests } from '@stratdesk/engine/requests'
import type { Build } from './features/about/build.ts'
import type { Cursors } from './http/cursor.ts'
import type { AddRoute } from './http/route.ts'
import type { EventHub } from './live/event-hub.ts'
import type { BrokerLogin, BrokerSettings } from './sign-in/kite-login.ts'
import type { PendingSignIns } from './sign-in/pending-sign-ins.ts'
import type { SessionStore } from './sign-in/session-store.ts'
import type { SpendSignIn } from './sign-in/sign-in-limits.ts'

/** What rooms share. No room holds a pool: broker rows come through the scope of the caller. */
export interface RoomDeps {
  readonly route: AddRoute
  readonly version: string
  readonly build?: Build
  readonly broker: BrokerSettings
  readonly webOrigin: string
  readonly https: boolean
  readonly lifetimeMs: number
  /** Calls a minute to a sign-in route from one device or address. */
  readonly signInsPerMinute: number
  /** Counts a sign-in that the broker vouched for. */
  readonly spendSignIn: SpendSignIn
  readonly sessions: SessionStore
  readonly pending: PendingSignIns
  readonly vault: Vault
  readonly market: Market
  readonly hub: EventHub
  readonly cursors: Cursors
  readonly accountRequests: Pick<AccountRequests, 'request'>
  readonly scopeFor: (brokerId: BrokerId) => BrokerScope
  /** Brings the instrument list up to date when it is old; resolves after a moment even when that takes longer. */
  readonly refreshInstruments: (login: BrokerLogin) => Promise<void>
  readonly now: () => number
}
