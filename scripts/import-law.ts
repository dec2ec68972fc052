import type { OxlintOverride } from 'oxlint'

/** What one package may import. Everything of the workspace that is not named is refused. */
interface Law {
  readonly folder: string
  /** Packages of the workspace, by the name behind `@stratdesk/`. */
  readonly workspace?: readonly string[]
  /** Packages of the workspace whose types alone may be imported. */
  readonly types?: readonly string[]
  /** What its tests may import beyond that. */
  readonly tests?: readonly string[]
  /** The only packages from npm or Node, where that is limited. */
  readonly outside?: readonly string[]
  /** Packages from npm or Node that are refused. */
  readonly refused?: readonly string[]
  /** The folder whose sub-folders never import each other. */
  readonly rooms?: string
}

/** The import law of docs/architecture.md, one line a package. `sql` of kysely is for packages/data alone. */
const laws: readonly Law[] = [
  { folder: 'packages/contracts', outside: ['zod'] },
  { folder: 'packages/strategies', outside: ['zod', 'trading-signals'] },
  { folder: 'packages/data', types: ['contracts'] },
  { folder: 'packages/kite', tests: ['kite-sim'] },
  {
    folder: 'packages/engine',
    workspace: ['data', 'kite', 'strategies'],
    types: ['contracts'],
    tests: ['kite-sim'],
  },
  { folder: 'apps/kite-sim' },
  {
    folder: 'apps/api',
    workspace: ['contracts', 'data', 'kite', 'engine', 'strategies'],
    tests: ['kite-sim'],
    rooms: 'features',
  },
  { folder: 'apps/web', workspace: ['contracts'], refused: ['node:', 'kysely', 'pg$'], rooms: 'features' },
]

const rawSql = { name: 'kysely', importNames: ['sql'], message: 'Raw SQL lives in packages/data only.' }
const crossing = {
  regex: String.raw`^(\.\./)+(apps|packages|api|web|kite-sim|contracts|data|kite|engine|strategies)/src/`,
  message: 'Import another package by its name and entry: @stratdesk/<package>/<entry>.',
}
const otherRoom = { regex: String.raw`^\.\./[^.]`, message: 'A room never imports another room.' }

const packages = [...laws.map((law) => nameOf(law)), 'e2e', 'bench']

function nameOf(law: Law): string {
  return law.folder.split('/')[1] ?? law.folder
}

/** Oxlint's regular expressions know no look-ahead, so what is refused is spelled out. */
function patterns(law: Law, where: 'source' | 'room' | 'test') {
  const test = where === 'test'
  const types = law.types ?? []
  const allowed = [...(law.workspace ?? []), ...(test ? [...(law.tests ?? []), ...types] : [])]
  const refused = packages.filter((name) => name !== nameOf(law) && !allowed.includes(name))
  const beyondTypes = refused.filter((name) => !types.includes(name))
  return [
    crossing,
    {
      regex: `^@stratdesk/(${beyondTypes.join('|')})/`,
      message: `${law.folder} may import ${allowed.join(', ') || 'nothing'} of the workspace.`,
    },
    ...(test ? [] : types).map((name) => ({
      regex: `^@stratdesk/${name}/`,
      allowTypeImports: true,
      message: `${law.folder} may import only the types of ${name}.`,
    })),
    ...(law.outside && !test
      ? [
          {
            group: ['*', '!./**', '!../**', ...law.outside.map((name) => `!${name}`)],
            message: `${law.folder} may import nothing from outside but ${law.outside.join(', ')}.`,
          },
        ]
      : []),
    ...(law.refused ? [{ regex: `^(${law.refused.join('|')})`, message: `Not in ${law.folder}.` }] : []),
    ...(where === 'room' ? [otherRoom] : []),
  ]
}

function override(files: string[], law: Law, where: 'source' | 'room' | 'test'): OxlintOverride {
  const setting = {
    paths: law.folder === 'packages/data' ? [] : [rawSql],
    patterns: patterns(law, where),
  }
  return { files, rules: { 'no-restricted-imports': ['error', setting] } }
}

/** The lint overrides that enforce the law: later ones win, so a room is narrower than its package, a test wider. */
export const importLaw = laws.flatMap((law) => [
  override([`${law.folder}/**`], law, 'source'),
  ...(law.rooms ? [override([`${law.folder}/src/${law.rooms}/*/**`], law, 'room')] : []),
  override(
    [`${law.folder}/**/*.test.ts`, `${law.folder}/**/*.test.tsx`, `${law.folder}/**/testing/**`],
    law,
    'test',
  ),
])

/** For everything else (scripts, e2e, bench). */
export const commonImportLaw = { paths: [rawSql], patterns: [crossing] }
