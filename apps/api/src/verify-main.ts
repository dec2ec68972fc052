import { parseArgs } from 'node:util'
import { tableOf } from './verify/report.ts'
import { verify } from './verify/verify.ts'

/**
 * `pnpm verify --url https://desk.example.com [--json]`: tries what a deployment has to hold, from anywhere; with the
 * server's environment also what cannot be seen from outside. Exit code 1 when there is a fault, 2 when called wrongly.
 */
const usage = 'Usage: pnpm verify --url https://desk.example.com [--json]'

function readArguments(): { readonly url: URL; readonly isJson: boolean } | undefined {
  try {
    const { values } = parseArgs({ options: { url: { type: 'string' }, json: { type: 'boolean' } } })
    const url = new URL(values.url ?? '')
    return /^https?:$/.test(url.protocol) ? { url, isJson: values.json === true } : undefined
  } catch {
    return undefined
  }
}

const asked = readArguments()
if (asked === undefined) {
  process.stderr.write(`${usage}\n`)
  process.exitCode = 2
} else {
  const lines = await verify(asked.url, process.env)
  const isGood = lines.every(({ result }) => result !== 'fault')
  const report = { ok: isGood, url: asked.url.href, checks: lines }
  process.stdout.write(`${asked.isJson ? JSON.stringify(report, null, 2) : tableOf(lines)}\n`)
  process.exitCode = isGood ? 0 : 1
}
