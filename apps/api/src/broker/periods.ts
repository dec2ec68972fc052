import type { Period } from '@stratdesk/contracts/performance'
import { istDayEnd, istDayStart } from '@stratdesk/data/expressions'

/** Nothing here is older; Postgres knows no year 0. */
const oldest = '1970-01-01'

/** When the period that holds `now` began in India; weeks begin on Monday. Undefined for `all`. */
export function periodStart(period: Exclude<Period, 'all'>, now: number): Date
export function periodStart(period: Period, now: number): Date | undefined
export function periodStart(period: Period, now: number): Date | undefined {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('Asia/Kolkata').toPlainDate()
  switch (period) {
    case 'today':
      return istDayStart(today.toString())
    case 'week':
      return istDayStart(today.subtract({ days: today.dayOfWeek - 1 }).toString())
    case 'month':
      return istDayStart(today.with({ day: 1 }).toString())
    case 'year':
      return istDayStart(today.with({ month: 1, day: 1 }).toString())
    case 'all':
      return undefined
  }
}

/** The first instant of a day in India. */
export function dayStart(day: string): Date {
  return istDayStart(day < oldest ? oldest : day)
}

/** The first instant behind a day in India. */
export function dayEnd(day: string): Date {
  return istDayEnd(day < oldest ? oldest : day)
}

/** An instant of the contract as a Date that Postgres can hold. */
export function instant(text: string): Date {
  return new Date(Math.max(Date.parse(text), 0))
}
