/** Seconds that Indian Standard Time is ahead of UTC, all year. */
const offsetSeconds = 19_800

/** Seconds in a day. */
export const daySeconds = 86_400

/** Number of the IST calendar day (days since 1970-01-01 IST) holding the given epoch second. */
export const istDay = (second: number): number => Math.floor((second + offsetSeconds) / daySeconds)

/** Epoch second at which the numbered IST day begins. */
export const istDayStart = (day: number): number => day * daySeconds - offsetSeconds

/** Kite's usual time text: `YYYY-MM-DD HH:MM:SS` in IST, without an offset. */
export const istText = (second: number): string => shifted(second).slice(0, 19).replace('T', ' ')

/** Kite's candle time: `YYYY-MM-DDTHH:MM:SS+0530`. */
export const istCandleText = (second: number): string => `${shifted(second).slice(0, 19)}+0530`

/** Calendar date in IST of the given epoch second. */
export const istDate = (second: number): Temporal.PlainDate =>
  Temporal.PlainDate.from(shifted(second).slice(0, 10))

/** Epoch second of `YYYY-MM-DD[ HH:MM:SS]` read as IST, or undefined for anything else. */
export function parseIst(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2})?$/.test(text)) return undefined
  try {
    const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'), { overflow: 'reject' })
    return local.toZonedDateTime('+05:30').epochMilliseconds / 1000
  } catch {
    return undefined
  }
}

/** The offset never changes, so shifting the instant and printing it as UTC prints IST. */
const shifted = (second: number): string =>
  Temporal.Instant.fromEpochMilliseconds((second + offsetSeconds) * 1000).toString()
