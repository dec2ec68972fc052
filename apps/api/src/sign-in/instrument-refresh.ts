import type { Market } from '@stratdesk/data/market'
import { refreshInstruments } from '@stratdesk/engine/instruments'
import { createKiteClient } from '@stratdesk/kite/rest'
import type { FastifyBaseLogger } from 'fastify'
import type { BrokerLogin } from './kite-login.ts'

/** How long a sign-in waits for the list; the rest of it comes in while the user looks around. */
const patienceMs = 2000

/** Brings the instrument list up to date with a fresh login's token; a failure is logged and hinders nobody. */
export function createInstrumentRefresh(options: {
  readonly apiUrl: string
  readonly market: Market
  readonly log: FastifyBaseLogger
  readonly now?: () => number
}): (login: BrokerLogin) => Promise<void> {
  const { apiUrl, market, log, now = Date.now } = options
  return async ({ apiKey, accessToken }) => {
    const client = createKiteClient({ apiUrl, apiKey, accessToken })
    const readSince = newestListAt(now())
    const refreshed = refreshInstruments({ client, market, readSince }).catch((error: unknown) =>
      log.warn({ err: error }, 'the instrument list could not be brought up to date'),
    )
    const waited = Promise.withResolvers<void>()
    const timer = setTimeout(waited.resolve, patienceMs)
    await Promise.race([refreshed, waited.promise])
    clearTimeout(timer)
  }
}

/** The broker makes its list anew each morning before the market opens; by 08:00 in India the day's is there. */
export function newestListAt(now: number): Date {
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('Asia/Kolkata')
  const today = here.startOfDay().add({ hours: 8 })
  const newest = Temporal.ZonedDateTime.compare(here, today) < 0 ? today.subtract({ days: 1 }) : today
  return new Date(newest.epochMilliseconds)
}
