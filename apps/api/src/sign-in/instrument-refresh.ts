import type { Market } from '@stratdesk/data/market'
import { refreshInstruments } from '@stratdesk/engine/instruments'
import { createKiteClient } from '@stratdesk/kite/rest'
import type { FastifyBaseLogger } from 'fastify'
import type { BrokerLogin } from './kite-login.ts'

/** The list changes once a day, before the market opens. */
const maxAgeMs = 12 * 3_600_000
/** How long a sign-in waits for the list; the rest of it comes in while the user looks around. */
const patienceMs = 2000

/** Brings the instrument list up to date with a fresh login's token; a failure is logged and hinders nobody. */
export function createInstrumentRefresh(options: {
  readonly apiUrl: string
  readonly market: Market
  readonly log: FastifyBaseLogger
}): (login: BrokerLogin) => Promise<void> {
  const { apiUrl, market, log } = options
  return async ({ apiKey, accessToken }) => {
    const client = createKiteClient({ apiUrl, apiKey, accessToken })
    const refreshed = refreshInstruments({ client, market, maxAgeMs }).catch((error: unknown) =>
      log.warn({ err: error }, 'the instrument list could not be brought up to date'),
    )
    const waited = Promise.withResolvers<void>()
    const timer = setTimeout(waited.resolve, patienceMs)
    await Promise.race([refreshed, waited.promise])
    clearTimeout(timer)
  }
}
