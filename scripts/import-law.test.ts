import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** File, the line in it, and whether the law refuses it. */
const cases: readonly (readonly [file: string, code: string, refused: boolean])[] = [
  ['packages/contracts/src/a.ts', `import { z } from 'zod'`, false],
  ['packages/contracts/src/b.ts', `import { a } from './a.ts'`, false],
  ['packages/contracts/src/c.ts', `import pg from 'pg'`, true],
  ['packages/contracts/src/d.ts', `import { a } from '@stratdesk/data/schema'`, true],
  ['packages/strategies/src/a.ts', `import { EMA } from 'trading-signals'`, false],
  ['packages/strategies/src/x.ts', `import { a } from './deep/er/a.ts'`, false],
  ['packages/strategies/src/deep/y.ts', `import { a } from '../a.ts'`, false],
  ['packages/strategies/src/b.ts', `import { readFile } from 'node:fs/promises'`, true],
  ['packages/strategies/src/c.ts', `import type { a } from '@stratdesk/contracts/runs'`, true],
  ['packages/data/src/a.ts', `import type { a } from '@stratdesk/contracts/runs'`, false],
  ['packages/data/src/b.ts', `import { a } from '@stratdesk/contracts/runs'`, true],
  ['packages/data/src/c.ts', `import { a } from '@stratdesk/kite/rest'`, true],
  ['packages/data/src/d.ts', `import { sql } from 'kysely'`, false],
  ['packages/kite/src/a.ts', `import { a } from '@stratdesk/kite-sim/sim'`, true],
  ['packages/kite/src/a.test.ts', `import { a } from '@stratdesk/kite-sim/sim'`, false],
  ['packages/kite/src/b.test.ts', `import { a } from '@stratdesk/data/schema'`, true],
  ['packages/engine/src/a.ts', `import { a } from '@stratdesk/kite/rest'`, false],
  ['packages/engine/src/b.ts', `import { a } from '@stratdesk/api/app'`, true],
  ['packages/engine/src/c.ts', `import { a } from '@stratdesk/contracts/runs'`, true],
  ['packages/engine/src/d.ts', `import { sql } from 'kysely'`, true],
  ['packages/engine/src/e.ts', `import { a } from '../../data/src/pool.ts'`, true],
  ['apps/kite-sim/src/a.ts', `import { a } from '@stratdesk/kite/rest'`, true],
  ['apps/api/src/a.ts', `import { a } from '@stratdesk/engine/engine'`, false],
  ['apps/api/src/b.ts', `import { a } from '@stratdesk/kite-sim/sim'`, true],
  ['apps/api/src/b.test.ts', `import { a } from '@stratdesk/kite-sim/sim'`, false],
  ['apps/api/src/features/runs/queries.ts', `import { sql } from 'kysely'`, true],
  ['apps/api/src/features/runs/routes.ts', `import { a } from '../../http/route.ts'`, false],
  ['apps/api/src/features/runs/a.ts', `import { a } from '../trades/queries.ts'`, true],
  ['apps/web/src/a.ts', `import { a } from '@stratdesk/contracts/runs'`, false],
  ['apps/web/src/b.ts', `import { a } from '@stratdesk/strategies/catalogue'`, true],
  ['apps/web/src/c.ts', `import { a } from '../../api/src/app.ts'`, true],
  ['apps/web/src/features/runs/a.tsx', `import { a } from '../../ui/money.tsx'`, false],
  ['apps/web/src/features/runs/b.tsx', `import { a } from '../trades/table.tsx'`, true],
  ['bench/a.ts', `import { sql } from 'kysely'`, true],
]

const otherRules: readonly (readonly [file: string, code: string, rule: string])[] = [
  ['packages/data/src/long.ts', '\n'.repeat(251), 'max-lines'],
  ['packages/data/src/tall.ts', `export function f() {${'\n'.repeat(61)}}`, 'max-lines-per-function'],
  ['packages/data/src/default.ts', 'export default 1', 'no-default-export'],
  ['packages/data/src/any.ts', 'export const f = (x: any) => x', 'no-explicit-any'],
  ['packages/data/src/bang.ts', 'export const f = (x?: number) => x!', 'no-non-null-assertion'],
  ['packages/data/src/float.ts', 'async function f() {}\nf()', 'no-floating-promises'],
  ['packages/data/src/misused.ts', '[1].forEach(async () => {})', 'no-misused-promises'],
  [
    'packages/data/src/switch.ts',
    `export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1 } }`,
    'switch-exhaustiveness-check',
  ],
  [
    'packages/data/src/type.ts',
    `import { T } from './any.ts'\nexport const f = (x: T) => x`,
    'consistent-type-imports',
  ],
  ['packages/data/src/one.ts', `import { two } from './two.ts'\nexport const one = () => two`, 'no-cycle'],
  ['packages/data/src/two.ts', `import { one } from './one.ts'\nexport const two = () => one`, 'no-cycle'],
]

interface Finding {
  readonly filename: string
  readonly code: string
}
let folder: string
let findings: readonly Finding[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-law-'))
  const files = [...cases, ...otherRules].map(([file, code]) => [file, code] as const)
  const config = `export { default } from ${JSON.stringify(join(root, 'oxlint.config.ts'))}`
  await Promise.all(
    [...files, ['oxlint.config.ts', config] as const].map(async ([file, code]) => {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), `${code}\n`)
    }),
  )
  await writeFile(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "strict": true } }')
  findings = await lint()
}, 30_000)

afterAll(() => rm(folder, { recursive: true }))

function lint(): Promise<readonly Finding[]> {
  const oxlint = join(root, 'node_modules/.bin/oxlint')
  return new Promise((resolve, reject) => {
    execFile(oxlint, ['--type-aware', '-f', 'json'], { cwd: folder }, (error, stdout) => {
      if (!stdout.startsWith('{')) return reject(new Error(`oxlint said: ${stdout}`, { cause: error }))
      resolve(JSON.parse(stdout).diagnostics)
    })
  })
}

function rulesOf(file: string): readonly string[] {
  return findings.filter((finding) => finding.filename === file).map((finding) => finding.code)
}

describe('the import law', () => {
  it.each(cases)('%s with %s: refused %s', (file, _code, refused) => {
    expect(rulesOf(file).some((rule) => rule.includes('no-restricted-imports'))).toBe(refused)
  })
})

describe('the other laws', () => {
  it.each(otherRules)('%s is refused', (file, _code, rule) => {
    expect(rulesOf(file).join()).toContain(rule)
  })
})
