const ist = 'Asia/Kolkata'
const tokenDeathHour = 6
const plain = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/

/**
 * The instant of Kite's 'YYYY-MM-DD HH:MM:SS', which is Indian time without saying so, whatever zone the host is in.
 * Throws RangeError for any other text and for a date that does not exist.
 */
export function parseIst(text: string): Date {
  if (!plain.test(text))
    throw new RangeError(`"${text.slice(0, 40)}" is not a time of the form YYYY-MM-DD HH:MM:SS`)
  const local = Temporal.PlainDateTime.from(text, { overflow: 'reject' })
  return new Date(local.toZonedDateTime(ist).epochMilliseconds)
}

/** The text of an instant as Kite writes it, 'YYYY-MM-DD HH:MM:SS' in Indian time; parts of a second are cut. */
export function formatIst(instant: Date): string {
  return zoned(instant).toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
}

/** The Indian calendar day of an instant, 'YYYY-MM-DD': the day whose order book and limits an order belongs to. */
export function istDay(instant: Date): string {
  return zoned(instant).toPlainDate().toString()
}

/** The next 06:00 in India strictly after `now`, when every access token dies (https://kite.trade/docs/connect/v3/user/). */
export function nextTokenDeath(now: Date): Date {
  const here = zoned(now)
  const today = here.startOfDay().with({ hour: tokenDeathHour })
  const death = Temporal.ZonedDateTime.compare(here, today) < 0 ? today : today.add({ days: 1 })
  return new Date(death.epochMilliseconds)
}

function zoned(instant: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(ist)
}
