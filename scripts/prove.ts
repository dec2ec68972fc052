import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { type ProofFiles, type ProofResult, resultsOf, tableOf } from './prove-report.ts'

/**
 * `pnpm prove`: every proof that accounts are kept apart, on Postgres servers of its own; `--long` tries what depends on
 * chance and on timing ten to a hundred times as often. Prints a table and leaves it in the data directory, where the
 * server's "About" page finds it; a run that did not get so far leaves none. Exit code 1 when a proof fails.
 * docs/isolation.md says what each of them proves.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const dataDir = resolve(root, process.env['DATA_DIR'] ?? '.data')
const isLong = process.argv.includes('--long')
const isolation = 'apps/api/src/isolation'

const proofs: readonly ProofFiles[] = [
  {
    name: 'A  route sweep',
    files: [`${isolation}/route-sweep.test.ts`, `${isolation}/hostile-broker.test.ts`],
  },
  { name: 'B  canaries', files: [`${isolation}/canary.test.ts`, 'scripts/prove-web.test.ts'] },
  { name: 'C  differential', files: [`${isolation}/differential.test.ts`] },
  { name: 'D  schema law', files: ['packages/data/src/schema-law.test.ts'] },
  { name: '   query plans', files: ['apps/api/src/features/query-plans.test.ts'] },
  { name: 'E  type law', files: ['packages/data/src/scope.type-law.test.ts'] },
  { name: 'F  mutations', files: [`${isolation}/mutation.test.ts`, 'packages/data/src/scope.walls.test.ts'] },
  {
    name: 'G  pool of one',
    files: ['packages/data/src/tenant/interruptions.test.ts', `${isolation}/pool-of-one.test.ts`],
  },
  { name: 'H  concurrency', files: [`${isolation}/concurrency.test.ts`] },
]

function run(command: string, args: readonly string[]): Promise<number> {
  const { promise, resolve: done, reject } = Promise.withResolvers<number>()
  // A PROVE_RUNS=1 that somebody once exported must not make a weak proof look like a whole one.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PROVE_'))
  const env = { ...Object.fromEntries(inherited), PROVE: '1', ...(isLong ? { PROVE_LONG: '1' } : {}) }
  const child = spawn(`${root}node_modules/.bin/${command}`, args, { cwd: root, env, stdio: 'inherit' })
  child.on('error', reject)
  child.on('close', (code) => done(code ?? 1))
  return promise
}

/** The types of the whole repository: a promise of the type law that is broken does not compile. */
async function checkTypes(): Promise<ProofResult> {
  const since = performance.now()
  const ok = (await run('tsc', ['--noEmit'])) === 0
  return { name: '   types', cases: 1, seconds: Math.round((performance.now() - since) / 100) / 10, ok }
}

async function runTests(): Promise<ProofResult[]> {
  const file = `${dataDir}/test-reports/prove.json`
  rmSync(file, { force: true })
  const files = proofs.flatMap((proof) => proof.files)
  const code = await run('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...files,
  ])
  const results = resultsOf(proofs, JSON.parse(readFileSync(file, 'utf8')))
  const isMissed = code !== 0 && results.every(({ ok }) => ok)
  return isMissed ? [...results, { name: '   the run itself', cases: 1, seconds: 0, ok: false }] : results
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 }).trim()
}

/** The commit and what is in no commit, so that a change during the run is noticed; of new files the names alone. */
function sources() {
  const status = git('status', '--porcelain')
  return { commit: git('rev-parse', 'HEAD'), status, changes: git('diff', 'HEAD') }
}

mkdirSync(`${dataDir}/test-reports`, { recursive: true })
rmSync(`${dataDir}/proof.json`, { force: true })
const at = new Date().toISOString()
const before = sources()
const tests = await runTests()
const types = await checkTypes()
const after = sources()
const isSame = isDeepStrictEqual(before, after)
const moved = { name: '   the sources changed meanwhile', cases: 1, seconds: 0, ok: false }
const results = tests.toSpliced(tests.findIndex(({ name }) => name.startsWith('E')) + 1, 0, types)
if (!isSame) results.push(moved)
const ok = results.every((result) => result.ok)
console.log(`\n${tableOf(results)}\n`)

const plain = results.map((result) => ({ ...result, name: result.name.trim() }))
const proof = {
  at,
  commit: before.commit,
  dirty: before.status !== '' || !isSame,
  long: isLong,
  ok,
  proofs: plain,
}
writeFileSync(`${dataDir}/proof.json`, `${JSON.stringify(proof, null, 2)}\n`)
console.log(ok ? 'Every proof holds.' : 'A proof failed.')
process.exitCode = ok ? 0 : 1
