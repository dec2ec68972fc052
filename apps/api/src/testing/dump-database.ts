import pg from 'pg'

/**
 * Every row of every table of a database but those of the job queue and of the migrations, read as the owner: the
 * table's name and its rows as text, in one order.
 */
export async function dumpDatabase(
  url: string,
  schemas: readonly string[] = ['public'],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema = any($1) and table_type = 'BASE TABLE' order by 1`,
      [schemas],
    )
    const dump: Record<string, readonly string[]> = {}
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t order by 1`)
      dump[name] = rows.map(({ row }) => row)
    }
    return dump
  } finally {
    await client.end()
  }
}
