import type { BrokerScope } from '@stratdesk/data/scope'
import type { EngineLog } from '../log.ts'
import type { MarketWriter } from '../market/market-writer.ts'
import type { PaperGateway } from '../paper/paper-gateway.ts'
import type { RunSources } from '../runs/load-run.ts'
import type { FeedOptions } from './feed.ts'
import type { Turns } from './turns.ts'

/** What the actor of one account works with. */
export interface AccountActorOptions extends Pick<FeedOptions, 'vault' | 'kiteApiUrl' | 'kiteTickerUrl'> {
  readonly scope: BrokerScope
  readonly fence: string
  readonly ended: AbortSignal
  readonly log: EngineLog
  readonly sources: RunSources
  readonly gateway: PaperGateway
  readonly marketWriter: MarketWriter
  /** How far the exchange's time of a price may be behind our clock for orders to be placed at it. */
  readonly lagMaxMs: number
  /** How long the checkpoint of a price that decides nothing may wait to be written together with others. */
  readonly checkpointMs: number
  /** Shared by all actors of a process. */
  readonly checkpointTurns: Turns
  /** How long an account without active runs keeps its actor. */
  readonly idleMs: number
  /** Told of every intent that a new price led to, once it is committed: milliseconds since the price came. */
  readonly onIntent?: ((ms: number) => void) | undefined
}
