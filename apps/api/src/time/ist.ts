import type { Period } from '@stratdesk/contracts/performance'

const ist = 'Asia/Kolkata'
/** Nothing here is older; Postgres knows no year 0. */
const oldest = '1970-01-01'

/** The instant at which a calendar day (`YYYY-MM-DD`) begins in India. */
export function dayStart(day: string): Date {
  return startOf(Temporal.PlainDate.from(day < oldest ? oldest : day))
}

/** The instant at which the day after a calendar day begins in India. */
export function dayEnd(day: string): Date {
  return startOf(Temporal.PlainDate.from(day < oldest ? oldest : day).add({ days: 1 }))
}

/** When the period that holds `now` began in India; weeks begin on Monday. Undefined for `all`. */
export function periodStart(period: Period, now: number): Date | undefined {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(ist).toPlainDate()
  switch (period) {
    case 'today':
      return startOf(today)
    case 'week':
      return startOf(today.subtract({ days: today.dayOfWeek - 1 }))
    case 'month':
      return startOf(today.with({ day: 1 }))
    case 'year':
      return startOf(today.with({ month: 1, day: 1 }))
    case 'all':
      return undefined
  }
}

/** An instant of the contract as a Date that Postgres can hold. */
export function instant(text: string): Date {
  return new Date(Math.max(Date.parse(text), 0))
}

function startOf(day: Temporal.PlainDate): Date {
  return new Date(day.toZonedDateTime(ist).epochMilliseconds)
}
