import { livingSeconds, type ServerFacts } from '@stratdesk/data/servers'

/** Something that has to be the same on all servers and is not. */
export interface Finding {
  readonly kind: 'secrets' | 'clocks' | 'versions' | 'sessions'
  /** What it means and what to do, in words that name no host: anybody may read them. */
  readonly message: string
}

/** Clocks may differ by so much. */
export const clockSpreadMaxMs = 2000

/** What does not fit together among the servers that are up. */
export function findingsOf(servers: readonly ServerFacts[]): readonly Finding[] {
  return [
    secretsDiffer(servers),
    clocksDiffer(servers),
    versionsDiffer(servers),
    storesDiffer(servers),
  ].filter((finding) => finding !== undefined)
}

/** How far apart the clocks of servers are. */
export function clockSpreadMs(servers: readonly Pick<ServerFacts, 'clockOffsetMs'>[]): number {
  const offsets = servers.map(({ clockOffsetMs }) => clockOffsetMs)
  return offsets.length === 0 ? 0 : Math.max(...offsets) - Math.min(...offsets)
}

/**
 * Why a server must not start beside the others: it would keep sessions where one of them does and accept none of that
 * one's. Undefined when it may. With sessions in memory nobody else's are accepted anyhow.
 */
export function refusalOf(server: ServerFacts, others: readonly ServerFacts[]): string | undefined {
  const { sessionStore } = server
  if (sessionStore === 'memory') return undefined
  const other = others.find((each) => each.sessionStore === sessionStore && !shareSecret(each, server))
  if (other === undefined) return undefined
  const where = sessionStore === 'redis' ? 'in Redis' : 'in Postgres'
  return [
    `SESSION_SECRET has no secret in common with that of the server on ${other.host} (process ${other.pid}), which keeps sessions ${where} too.`,
    'Whoever signed in there would be signed out here, and the other way round: this is what "authentication fails after deployment" is. So this server does not start.',
    'Set the same SESSION_SECRET on every server. To change it, set the list "new,old" on one server after the other, and remove the old one when all of them have it.',
    `If ${other.host} has died, it is forgotten after ${livingSeconds} seconds: start again then.`,
  ].join('\n')
}

function secretsDiffer(servers: readonly ServerFacts[]): Finding | undefined {
  if (!pairs(servers).some(([one, other]) => !shareSecret(one, other))) return undefined
  return {
    kind: 'secrets',
    message:
      'Servers have different session secrets, so that who signed in on one is signed out on another: set the same SESSION_SECRET on all of them',
  }
}

function clocksDiffer(servers: readonly ServerFacts[]): Finding | undefined {
  const spreadMs = clockSpreadMs(servers)
  if (spreadMs <= clockSpreadMaxMs) return undefined
  const seconds = (spreadMs / 1000).toFixed(1)
  return {
    kind: 'clocks',
    message: `The servers' clocks are ${seconds} s apart, so that sessions and prices are judged wrongly: let NTP set the time on all of them`,
  }
}

function versionsDiffer(servers: readonly ServerFacts[]): Finding | undefined {
  const isOther = ([one, other]: Pair) =>
    one.version !== other.version ||
    (one.commit !== null && other.commit !== null && one.commit !== other.commit)
  if (!pairs(servers).some(isOther)) return undefined
  return {
    kind: 'versions',
    message:
      'Servers run different versions: bring all of them to the same one; while they are being replaced one after the other this is to be expected',
  }
}

function storesDiffer(servers: readonly ServerFacts[]): Finding | undefined {
  const stores = servers.filter(({ role }) => role === 'api').map(({ sessionStore }) => sessionStore)
  if (stores.length < 2 || (new Set(stores).size === 1 && stores[0] !== 'memory')) return undefined
  return {
    kind: 'sessions',
    message:
      'Servers do not share their sessions, so that who signed in on one is signed out on another: set SESSION_STORE=postgres, or the same REDIS_URL, on all of them',
  }
}

type Pair = readonly [ServerFacts, ServerFacts]

function pairs(servers: readonly ServerFacts[]): readonly Pair[] {
  return servers.flatMap((one, index) => servers.slice(index + 1).map((other) => [one, other] as const))
}

function shareSecret(one: ServerFacts, other: ServerFacts): boolean {
  return one.secretFingerprints.some((fingerprint) => other.secretFingerprints.includes(fingerprint))
}
