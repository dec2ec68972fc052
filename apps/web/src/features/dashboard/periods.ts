import { Period } from '@stratdesk/contracts/performance'

/** The periods in the order of the tiles. */
export const periods = Period.options

/** What a period is called, and what it covers: calendar periods in IST. */
export const periodWords: Readonly<Record<Period, { readonly label: string; readonly covers: string }>> = {
  today: { label: 'Today', covers: 'Since midnight IST' },
  week: { label: 'Week', covers: 'Since Monday, IST' },
  month: { label: 'Month', covers: 'Since the first of this month, IST' },
  year: { label: 'Year', covers: 'Since 1 January, IST' },
  all: { label: 'All', covers: 'Since the first trade' },
}
