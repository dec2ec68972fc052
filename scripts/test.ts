import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ensureBrowsers } from '../e2e/browsers.ts'
import { countPlaywright, countVitest, type Counts } from './test-counts.ts'

/**
 * `pnpm test`: everything. `pnpm test packages/kite` runs those tests with Vitest alone, `pnpm test --e2e [args]` the
 * journeys alone, `pnpm test --unit` all but the journeys. Other arguments go to the runner. Exit code 1 on a failure.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const reports = `${root}.data/test-reports`
const args = process.argv.slice(2).filter((arg) => arg !== '--')
const passed = args.filter((arg) => arg !== '--e2e' && arg !== '--unit')
const onlyJourneys = args.includes('--e2e') || passed.some((arg) => arg.startsWith('e2e'))
const onlyUnits = !onlyJourneys && (args.includes('--unit') || passed.length > 0)

function run(command: string, commandArgs: readonly string[], folder: string, env: NodeJS.ProcessEnv) {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const child = spawn(command, commandArgs, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] })
  const forward = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGTERM', forward).on('SIGINT', forward)
  child.on('error', reject)
  child.on('close', (code) => {
    process.off('SIGTERM', forward).off('SIGINT', forward)
    resolve(code ?? 1)
  })
  return promise
}

interface Part extends Counts {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
}

async function part(
  name: string,
  count: (report: unknown) => Counts,
  start: (file: string) => Promise<number>,
): Promise<Part> {
  const file = `${reports}/${name}.json`
  rmSync(file, { force: true })
  const since = performance.now()
  const code = await start(file)
  const seconds = (performance.now() - since) / 1000
  const counts = readCounts(file, count)
  // A runner that failed outside of a test (a set-up, a crash) is one failure more, never zero.
  const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed
  return { name, ok: code === 0 && failed === 0, seconds, ...counts, failed }
}

function readCounts(file: string, count: (report: unknown) => Counts): Counts {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    console.error(`No report of the tests: ${cause instanceof Error ? cause.message : String(cause)}`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

function runVitest(): Promise<Part> {
  return part('vitest', countVitest, (file) =>
    run(
      `${root}node_modules/.bin/vitest`,
      [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
        ...(onlyUnits ? passed : []),
      ],
      root,
      process.env,
    ),
  )
}

function runPlaywright(): Promise<Part> {
  const browsers = ensureBrowsers()
  return part('playwright', countPlaywright, (file) =>
    run(`${root}e2e/node_modules/.bin/playwright`, ['test', ...(onlyJourneys ? passed : [])], `${root}e2e`, {
      ...process.env,
      E2E_BROWSERS: JSON.stringify(browsers),
      E2E_REPORT: file,
    }),
  )
}

mkdirSync(reports, { recursive: true })
// Before the long part, so that a machine without browsers hears of it at once.
if (!onlyUnits) ensureBrowsers()
const parts: Part[] = []
if (!onlyJourneys) parts.push(await runVitest())
if (!onlyUnits) parts.push(await runPlaywright())

console.log()
for (const { name, passed: good, failed, skipped, seconds } of parts) {
  const aside = skipped > 0 ? `, ${skipped} skipped` : ''
  console.log(`${name}: ${good} passed, ${failed} failed${aside} in ${seconds.toFixed(0)} s`)
}
const sum = (key: 'passed' | 'failed') => parts.reduce((total, one) => total + one[key], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed`)
process.exitCode = parts.every((one) => one.ok) ? 0 : 1
