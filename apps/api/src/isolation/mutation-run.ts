import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Edit, Promised } from './mutation.ts'
import { edited } from './mutation-plugin.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const run = promisify(execFile)

/** What became of the promises of some proofs. */
export interface Outcome {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
}

/** Asks proofs for their promises on sources with the edits made, on a Postgres of its own; `runs` is for the differential proof. */
export async function runWith(
  edits: readonly Edit[],
  promised: readonly Promised[],
  runs: number,
): Promise<Outcome> {
  const dir = await mkdtemp(path.join(tmpdir(), 'stratdesk-mutation-'))
  const report = path.join(dir, 'report.json')
  try {
    const config = `${root}apps/api/src/isolation/mutation.config.ts`
    const reporter = ['--reporter=json', `--outputFile=${report}`]
    const files = new Set(promised.map(({ file }) => file))
    const promises = promised.map(({ promise }) => RegExp.escape(promise)).join('|')
    const args = ['run', `--config=${config}`, ...reporter, `--testNamePattern=${promises}`, ...files]
    const output = await run(`${root}node_modules/.bin/vitest`, args, {
      cwd: root,
      env: environment(edits, runs),
    }).catch(
      // Failing is what is hoped for; whether the right thing failed is in the report.
      (error: unknown) => error,
    )
    const text = await readFile(report, 'utf8').catch((cause: unknown) => {
      throw new Error(`The proofs did not run: ${String(output)}`, { cause })
    })
    return outcomeOf(JSON.parse(text))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Ours, without what this run of Vitest put there. */
function environment(edits: readonly Edit[], runs: number): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(VITE|PROVE_|TEST_POSTGRES_URL$)/.test(name))
  const mutation = { MUTATION: JSON.stringify(edits), PROVE_RUNS: String(runs), PROVE_HASTY: '1' }
  return { ...Object.fromEntries(own), ...mutation }
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

function outcomeOf(report: Report): Outcome {
  const broken = report.testResults.find((file) => file.assertionResults.length === 0)
  if (broken) throw new Error(`${broken.name} could not be run: ${broken.message}`)
  const named = (status: string) =>
    report.testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter((result) => result.status === status).map(({ fullName }) => fullName),
    )
  return { passed: named('passed'), failed: named('failed') }
}

const typeLaw = 'packages/data/src/scope.type-law.test.ts'

/**
 * Checks the types of the type law, once with each of the edits made; answers what the compiler says of each, nothing when
 * it is content.
 */
export async function typeFaultsWith(edits: readonly (Edit | undefined)[]): Promise<readonly string[]> {
  const dir = await mkdtemp(path.join(tmpdir(), 'stratdesk-types-'))
  try {
    for (const [index, edit] of edits.entries()) await copyOfData(path.join(dir, String(index)), edit)
    await symlink(`${root}node_modules`, path.join(dir, 'node_modules'))
    const files = edits.map((_, index) => `${index}/${typeLaw}`)
    const settings = { extends: `${root}tsconfig.base.json`, files }
    await writeFile(path.join(dir, 'tsconfig.json'), JSON.stringify(settings))
    const faults = await run(`${root}node_modules/.bin/tsc`, ['-p', '.', '--pretty', 'false'], {
      cwd: dir,
    }).then(
      () => '',
      (error: { readonly stdout: string }) => error.stdout,
    )
    const lines = faults.split('\n')
    return files.map((file) => lines.filter((line) => line.startsWith(file)).join('\n'))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function copyOfData(dir: string, edit: Edit | undefined): Promise<void> {
  const data = path.join(dir, 'packages/data')
  await mkdir(data, { recursive: true })
  for (const part of ['src', 'package.json']) {
    await cp(`${root}packages/data/${part}`, path.join(data, part), { recursive: true })
  }
  await symlink(`${root}packages/data/node_modules`, path.join(data, 'node_modules'))
  if (!edit) return
  const file = path.join(dir, edit.file)
  await writeFile(file, edited(await readFile(file, 'utf8'), edit))
}
