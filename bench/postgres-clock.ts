import type pg from 'pg'

/** How far Postgres' clock is ahead of `performance.now()`, in milliseconds; to half of the quickest of some round trips. */
export async function clockAhead(client: pg.Client): Promise<number> {
  let [ahead, quickest] = [Number.NaN, Number.POSITIVE_INFINITY]
  for (let trip = 0; trip < 20; trip += 1) {
    const asked = performance.now()
    const { rows } = await client.query('select extract(epoch from clock_timestamp())::float8 * 1000 as ms')
    const took = performance.now() - asked
    if (took < quickest) [ahead, quickest] = [rows[0].ms - asked - took / 2, took]
  }
  return ahead
}
