import { parseArgs } from 'node:util'
import { tableOf } from './verify/report.ts'
import { verify } from './verify/verify.ts'

/**
 * `pnpm verify --url https://desk.example.com [--http …] [--json]`: tries what a deployment has to hold, from anywhere; with the
 * server's environment also what cannot be seen from outside. Exit code 1 when there is a fault, 2 when called wrongly.
 */
const usage =
  'Usage: pnpm verify --url https://desk.example.com [--http http://desk.example.com:8080] [--json]'

interface Asked {
  readonly url: URL
  readonly plain: URL | undefined
  readonly isJson: boolean
}

function readArguments(): Asked | undefined {
  try {
    const { values } = parseArgs({
      options: { url: { type: 'string' }, http: { type: 'string' }, json: { type: 'boolean' } },
    })
    const url = new URL(values.url ?? '')
    const plain = values.http === undefined ? undefined : new URL(values.http)
    const isRight = /^https?:$/.test(url.protocol) && (plain?.protocol ?? 'http:') === 'http:'
    return isRight ? { url, plain, isJson: values.json === true } : undefined
  } catch {
    return undefined
  }
}

const asked = readArguments()
if (asked === undefined) {
  process.stderr.write(`${usage}\n`)
  process.exitCode = 2
} else {
  const lines = await verify(asked.url, process.env, asked.plain)
  const isGood = lines.every(({ result }) => result !== 'fault')
  const report = { ok: isGood, url: asked.url.href, checks: lines }
  process.stdout.write(`${asked.isJson ? JSON.stringify(report, null, 2) : tableOf(lines)}\n`)
  process.exitCode = isGood ? 0 : 1
}
