import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** `pnpm check`: format, lint, types and unused code, side by side; exit code 1 when one of them objects. */
const root = fileURLToPath(new URL('..', import.meta.url))

const checks: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['types', 'tsc', '--noEmit'],
  ['types (web)', 'tsc', '--noEmit', '-p', 'apps/web'],
  ['unused', 'knip', '--no-progress'],
]

interface Result {
  readonly ok: boolean
  readonly output: string
  readonly seconds: string
}

function run(command: string, args: readonly string[]): Promise<Result> {
  const start = performance.now()
  const { promise, resolve } = Promise.withResolvers<Result>()
  let output = ''
  const done = (ok: boolean) =>
    resolve({ ok, output: output.trim(), seconds: ((performance.now() - start) / 1000).toFixed(1) })
  const child = spawn(`${root}node_modules/.bin/${command}`, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.on('data', (text: Buffer) => (output += text.toString()))
  child.stderr.on('data', (text: Buffer) => (output += text.toString()))
  child.on('error', (error) => {
    output += `Could not start ${command}: ${error.message}`
    done(false)
  })
  child.on('close', (code) => done(code === 0))
  return promise
}

const results = await Promise.all(
  checks.map(async ([name, command, ...args]) => {
    const result = await run(command, args)
    if (!result.ok) console.log(`\n${result.output}\n`)
    console.log(`${result.ok ? 'ok    ' : 'FAILED'}  ${name}  ${result.seconds} s`)
    return { name, ok: result.ok }
  }),
)
const failed = results.filter((result) => !result.ok)
if (failed.length > 0) {
  console.log(`\npnpm check failed: ${failed.map((result) => result.name).join(', ')}`)
  if (failed.some((result) => result.name === 'format')) console.log('`pnpm format` puts the format right.')
  process.exitCode = 1
}
