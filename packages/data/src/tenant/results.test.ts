import { afterAll, beforeAll, expect, test } from 'vitest'
import { everyoneAlone, openPoolOfOne, ownName, type PoolOfOne } from '../testing/pool-of-one.ts'
import { BindError } from './wire-values.ts'

let one: PoolOfOne
beforeAll(async () => {
  one = await openPoolOfOne()
})
afterAll(() => one.close())

test('rows, no rows, and counts of what was written', async () => {
  expect(await one.anna.run(ownName, [])).toEqual({
    command: 'SELECT',
    rowCount: 1,
    rows: [{ name: 'Anna' }],
  })
  const none = await one.anna.run('select name from broker_accounts where name = $1', ['Ben'])
  expect(none).toEqual({ command: 'SELECT', rowCount: 0, rows: [] })
  const written = await one.ben.run("update broker_accounts set name = 'Ben' returning broker_id", [])
  expect(written).toEqual({ command: 'UPDATE', rowCount: 1, rows: [{ broker_id: 'UK1234' }] })
  const insert = "insert into audit_log (broker_id, action) values ('UK1234', 'a'), ('UK1234', 'b')"
  expect(await one.ben.run(insert, [])).toEqual({ command: 'INSERT', rowCount: 2, rows: [] })
})

test('the same statement gives the same rows when its columns are remembered', async () => {
  const text = 'select $1::text as text, $2::numeric as money, $3::integer[] as list, null as nothing'
  for (let time = 0; time < 3; time++) {
    const { rows } = await one.anna.run(text, ['x', '1.10', [1, 2]])
    expect(rows).toEqual([{ text: 'x', money: '1.10', list: [1, 2], nothing: null }])
  }
})

test('a column is called what its statement calls it, whatever that would mean elsewhere', async () => {
  const names = ['__proto__', "it's", '"quoted"', 'back\\slash', 'line\nend', '] }; throw 1 //', 'ünï']
  const columns = names.map((name, at) => `${at} as "${name.replaceAll('"', '""')}"`)
  const { rows } = await one.ben.run(`select ${columns.join(', ')}`, [])
  expect(rows.map(Object.entries)).toEqual([names.map((name, at) => [name, at])])
})

test('each query runs in one implicit transaction and leaves no broker behind', async () => {
  await one.anna.run(ownName, [])
  const { rows } = await one.pool.query("select current_setting('app.broker_id', true) as broker")
  expect(rows).toEqual([{ broker: '' }])
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('a row of another broker cannot be written', async () => {
  const insert = "insert into audit_log (broker_id, action) values ('UK1234', 'forged')"
  await expect(one.anna.run(insert, [])).rejects.toThrow(/row-level security/)
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('every kind of value comes back as it went', async () => {
  const text = `select $1::text as text, $2::bigint as big, $3::boolean as truth, $4::bytea as bytes,
    $5::timestamptz(3) as time, $6::jsonb as json, $7::text[] as list, $8::double precision as float, $9::date as day`
  const values = {
    text: 'ünï "quoted" \\ back\nslash',
    big: '9007199254740993',
    truth: true,
    bytes: Buffer.of(0, 1, 255, 92),
    time: new Date('2026-02-28T23:59:59.987Z'),
    json: { a: [1, null, 'x'] },
    list: ['a"b', 'c\\d', '', 'null', '{,}'],
    float: 0.1,
    day: '2026-11-23',
  }
  expect((await one.anna.run(text, Object.values(values))).rows).toEqual([values])
  const nulls = Object.values(values).map(() => null)
  expect(Object.values((await one.ben.run(text, nulls)).rows[0] ?? {})).toEqual(nulls)
})

test.each([
  '0099-01-01 00:00:00+00',
  '9999-12-31 23:59:59.999+00',
  '2026-03-01 00:00:00.1+00',
  '2026-03-01 00:00:00.12+00',
  '2026-03-01 13:14:15.123456+00',
  '1969-12-31 23:59:59+00',
])('the instant %s reads as Postgres means it and is written as any other', async (text) => {
  const query =
    'select $1::timestamptz as time, floor(extract(epoch from $1::timestamptz) * 1000)::bigint as ms'
  const { rows } = await one.anna.run(query, [text])
  const time = new Date(Number(rows[0]?.['ms']))
  expect(rows[0]?.['time']).toEqual(time)
  expect(JSON.stringify(rows[0]?.['time'])).toBe(JSON.stringify(time))
})

test.each([
  ['an invalid date', new Date(Number.NaN)],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['a circular object', circular()],
])('%s is refused before anything is sent', async (_, value) => {
  await one.anna.run(ownName, [])
  const backend = await one.backend()
  await expect(one.anna.run('select $1::text', [value])).rejects.toThrow(BindError)
  expect(await one.visibleNames()).toEqual(everyoneAlone)
  expect(await one.backend()).toBe(backend)
})

function circular(): object {
  const object: { self?: object } = {}
  object.self = object
  return object
}
