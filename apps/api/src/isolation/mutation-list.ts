import type { Edit, Mutation, Promised } from './mutation.ts'

const data = 'packages/data/src'
const api = 'apps/api/src'
const walls = `${data}/scope.walls.test.ts`
const schemaLaw = `${data}/schema-law.test.ts`
const poolLaw = `${data}/pool.test.ts`
const poolOfOne = `${api}/isolation/pool-of-one.test.ts`

/** Proof C. */
export const differential: Promised = {
  file: `${api}/isolation/differential.test.ts`,
  promise: 'what an account is answered beside another',
}

/** Proof A. */
const routeSweep = (promise: string): Promised => ({ file: `${api}/isolation/route-sweep.test.ts`, promise })

/** Proof H. */
const concurrency: Promised = {
  file: `${api}/isolation/concurrency.test.ts`,
  promise: 'their own rows alone',
}

const hub = `${api}/live/event-hub.ts`
const protection = `${data}/migrations/0001-spine/protection.ts`
const scopedTables = `${data}/tenant/scoped-tables.ts`

/** The first wall, for reads: the named tables are no longer shadowed by this broker's rows. */
export const withoutShadow: Edit = {
  file: scopedTables,
  from: "db.selectFrom(name).selectAll().where('broker_id', '=', brokerPlaceholder)",
  to: 'db.selectFrom(name).selectAll()',
}

/** The second wall: the policy lets every row be seen. */
export const withoutPolicy: Edit = {
  file: protection,
  from: "using (broker_id = nullif(current_setting('app.broker_id', true), ''))",
  to: 'using (true)',
}

/** Holes in the first wall, the typed scope: row security still holds, so its own law has to notice. */
const inTheScope: readonly Mutation[] = [
  {
    hole: 'a read is not held to its broker',
    isAlways: true,
    edits: [withoutShadow],
    caughtBy: [{ file: walls, promise: 'reads, joins, subqueries and unions show one broker' }],
  },
  {
    hole: 'an update or delete is not held to its broker',
    edits: [
      {
        file: `${data}/tenant/write-executor.ts`,
        from: 'QueryNode.cloneWithWhere(transformed, this.#isOwn)',
        to: 'transformed',
      },
    ],
    caughtBy: [{ file: walls, promise: 'updates, deletes and locks touch one broker' }],
  },
  {
    hole: 'a lock is not held to its broker',
    edits: [
      {
        file: `${data}/scope.ts`,
        from: ".where('broker_id', '=', brokerPlaceholder as never)",
        to: '',
      },
    ],
    caughtBy: [{ file: walls, promise: 'updates, deletes and locks touch one broker' }],
  },
]

/** Holes in the second wall, row security: the scope still holds, so the law of the schema has to notice. */
const inTheDatabase: readonly Mutation[] = [
  {
    hole: 'the policies let every row be seen',
    isAlways: true,
    edits: [withoutPolicy],
    caughtBy: [{ file: schemaLaw, promise: 'exactly the one policy' }],
  },
  {
    hole: 'row security is not enabled',
    edits: [
      {
        file: protection,
        from: 'alter table ${name} enable row level security',
        to: 'alter table ${name} disable row level security',
      },
    ],
    caughtBy: [{ file: schemaLaw, promise: 'row security, enabled and forced' }],
  },
  {
    hole: 'row security is not forced upon the owner',
    edits: [
      {
        file: protection,
        from: 'alter table ${name} force row level security',
        to: 'alter table ${name} no force row level security',
      },
    ],
    caughtBy: [
      { file: schemaLaw, promise: 'row security, enabled and forced' },
      { file: walls, promise: 'the owner of the tables is held to it too' },
    ],
  },
  {
    hole: "the application's role may bypass row security",
    edits: [{ file: protection, from: 'nologin nobypassrls', to: 'nologin bypassrls' }],
    caughtBy: [{ file: schemaLaw, promise: 'owns nothing, bypasses nothing' }],
  },
  {
    hole: 'connections stay with the role that they signed in as',
    isAlways: true,
    edits: [{ file: `${data}/pool.ts`, from: '-c role=${applicationRole} ', to: '' }],
    caughtBy: [{ file: poolLaw, promise: 'role' }],
  },
  {
    hole: 'a key is unique over all brokers',
    edits: [
      {
        file: `${data}/migrations/0001-spine/runs.ts`,
        from: 'unique (broker_id, idempotency_key)',
        to: 'unique (idempotency_key, broker_id)',
      },
    ],
    caughtBy: [{ file: schemaLaw, promise: 'every key and every index' }],
  },
]

/** Holes beside and above both walls: who asks is mistaken, so both walls would guard the wrong broker. */
const aboveTheWalls: readonly Mutation[] = [
  {
    hole: 'the broker stays set on the connection',
    edits: [
      {
        file: `${data}/tenant/statement.ts`,
        from: `pin("select set_config('app.broker_id', $1, true)")`,
        to: `pin("select set_config('app.broker_id', $1, false)")`,
      },
    ],
    caughtBy: [{ file: poolOfOne, promise: 'broken by a statement leave nothing of one account' }],
  },
  {
    hole: 'the scope is remembered without its broker',
    isAlways: true,
    edits: [
      {
        file: `${api}/app.ts`,
        from: 'const scopeOf = (device: DeviceSession) => scopeFor(device.brokerId)',
        to: 'let first; const scopeOf = (device: DeviceSession) => (first ??= scopeFor(device.brokerId))',
      },
    ],
    caughtBy: [differential],
  },
  {
    hole: 'a cursor is signed without its broker',
    edits: [
      {
        file: `${api}/http/cursor.ts`,
        from: '`${signingKey}\\n${brokerId}\\n${list}\\n${text}`',
        to: '`${signingKey}\\n${list}\\n${text}`',
      },
    ],
    caughtBy: [differential],
  },
  {
    hole: 'events go to the streams of every account',
    isAlways: true,
    edits: [
      {
        file: hub,
        from: 'for (const stream of channel.streams) if (stream.isLive) stream.send(event, frame)',
        to: 'for (const { streams } of this.#channels.values()) for (const stream of streams) if (stream.isLive) stream.send(event, frame)',
      },
    ],
    caughtBy: [differential],
  },
  {
    hole: 'prices go to the streams of every account',
    edits: [
      {
        file: hub,
        from: 'for (const stream of channel.streams) stream.sendTick(frame)',
        to: 'for (const { streams } of this.#channels.values()) for (const stream of streams) stream.sendTick(frame)',
      },
    ],
    caughtBy: [differential],
  },
  {
    hole: 'devices are looked for among all accounts',
    edits: [
      {
        file: `${api}/sign-in/memory-session-store.ts`,
        from: 'this.#byBroker.get(brokerId) ?? []',
        to: '[...this.#sessions.keys()]',
      },
    ],
    caughtBy: [differential],
  },
  {
    hole: 'devices in Postgres are looked for among all accounts',
    edits: [
      {
        file: `${data}/sessions/statements.ts`,
        from: 'where broker_id = $1 and ended_at is null and expires_at > $2 and last_seen_at >= $3',
        to: 'where $1::text is not null and ended_at is null and expires_at > $2 and last_seen_at >= $3',
      },
    ],
    caughtBy: [routeSweep('nor where sessions are kept in postgres')],
  },
  {
    hole: 'a prepared query keeps the broker that asked it first',
    edits: [
      {
        file: `${data}/prepared.ts`,
        from: 'return parameter === brokerPlaceholder ? brokerId : byKey[parameter.key]',
        to: 'return parameter === brokerPlaceholder ? (Reflect.get(globalThis, "first") ?? (Reflect.set(globalThis, "first", brokerId) && brokerId)) : byKey[parameter.key]',
      },
    ],
    caughtBy: [concurrency],
  },
]

/** Both walls at once: now rows do get out, and what looks at answers has to notice. */
const inBothWalls: readonly Mutation[] = [
  {
    hole: 'reads are not held to their broker, and the policies let every row be seen',
    edits: [withoutShadow, withoutPolicy],
    caughtBy: [differential, routeSweep('no route tells anything of another account'), concurrency],
  },
]

/** Every hole that is tried. */
export const mutations = [...inTheScope, ...inTheDatabase, ...aboveTheWalls, ...inBothWalls]
