const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'] as const
/** India has one time, without summer time, since 1945. */
const istAheadMs = 5.5 * 3_600_000

/** A time as the API sends it (ISO, UTC) or as epoch milliseconds. */
export type Moment = string | number

/** `14:05:09`, IST. */
export function timeOfDay(at: Moment): string {
  return ist(at).slice(11, 19)
}

/** `14:05`, IST. */
export function timeOfDayShort(at: Moment): string {
  return ist(at).slice(11, 16)
}

/** `22 Nov`, IST; with the year when it is not this one. */
export function shortDate(at: Moment, now: Moment = Date.now()): string {
  return istDay(at).slice(0, 4) === istDay(now).slice(0, 4) ? dayMonth(at) : dayMonthYear(at)
}

/** The time for today, the date and time for any other day: `14:05:09` or `22 Nov, 14:05`. IST. */
export function shortTime(at: Moment, now: Moment = Date.now()): string {
  return istDay(at) === istDay(now) ? timeOfDay(at) : `${shortDate(at, now)}, ${timeOfDayShort(at)}`
}

/** For tooltips: `22 Nov 2026, 14:05:09 IST · 08:35:09 UTC`. */
export function fullTime(at: Moment): string {
  const utc = new Date(at).toISOString()
  const sameDay = utc.slice(0, 10) === istDay(at)
  return `${dayMonthYear(at)}, ${timeOfDay(at)} IST · ${sameDay ? '' : `${utc.slice(0, 10)} `}${utc.slice(11, 19)} UTC`
}

/** The calendar day in IST, `YYYY-MM-DD`, as filters and contracts name days. */
export function istDay(at: Moment): string {
  return ist(at).slice(0, 10)
}

/** A length of time in its two largest units: `9 h 12 min`, `45 s`, `3 d 4 h`. Never negative. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** How long ago in its largest unit: `just now` under 5 s, `45 s ago`, `12 min ago`, `3 d ago`. */
export function ago(at: Moment, now: number = Date.now()): string {
  const seconds = Math.floor((now - new Date(at).getTime()) / 1000)
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** A moment as ISO 8601 writes it, in Indian time. A formatter takes milliseconds to make; the first screen has many times. */
function ist(at: Moment): string {
  return new Date(new Date(at).getTime() + istAheadMs).toISOString()
}

function dayMonth(at: Moment): string {
  const day = istDay(at)
  return `${Number(day.slice(8))} ${months[Number(day.slice(5, 7)) - 1]}`
}

function dayMonthYear(at: Moment): string {
  return `${dayMonth(at)} ${istDay(at).slice(0, 4)}`
}
