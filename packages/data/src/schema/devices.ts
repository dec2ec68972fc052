import type { ColumnType } from 'kysely'

/** A browser that has signed in to the account; it may be signed out now. */
export interface Devices {
  broker_id: string
  id: string
  label: string
  user_agent: string
  first_signed_in_at: ColumnType<Date, Date | string, Date | string>
  last_signed_in_at: ColumnType<Date, Date | string, Date | string>
}
