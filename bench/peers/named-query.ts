import pg from 'pg'

/** What one writes without a scope: a named statement on a pool whose role sees every row. */
export function openUnprotected(
  url: string,
  max: number,
  { sql, parameters }: { readonly sql: string; readonly parameters: readonly unknown[] },
) {
  const pool = new pg.Pool({ connectionString: url, max, options: '-c timezone=UTC' })
  // The compiled text names the broker once, as `$1`; what follows are the limits of the query.
  const others = parameters.slice(1)
  return {
    query: async (brokerId: string) =>
      (await pool.query({ name: 'newest-trades', text: sql, values: [brokerId, ...others] })).rows,
    close: () => pool.end(),
  }
}
