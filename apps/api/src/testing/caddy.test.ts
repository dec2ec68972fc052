import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { planCaddy, startCaddy } from './caddy.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stratdesk-no-caddy-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A program that finds its settings good and then does this instead of serving; says its pid and its home. */
async function pretend(name: string, act: string) {
  const [program, facts] = [join(folder, name), join(folder, `${name}.facts`)]
  await writeFile(
    program,
    `#!/bin/sh\n[ "$1" = validate ] && exit 0\nprintf '%s %s' $$ "$HOME" > ${facts}\n${act}\n`,
  )
  await chmod(program, 0o755)
  return { program, facts: async () => (await readFile(facts, 'utf8')).split(' ') }
}

it.each([
  ['is-silent', 'exec sleep 60', /no certificate in time/],
  ['ends', 'echo it cannot >&2; exit 1', /Caddy ended:\nit cannot/],
  ['is-killed', 'kill -KILL $$', /Caddy ended/],
])('of a Caddy that %s nothing is left', async (name, act, message) => {
  const { program, facts } = await pretend(name, act)
  await expect(startCaddy(program, await planCaddy(), 1000)).rejects.toThrow(message)
  const [pid, home = ''] = await facts()
  expect(() => process.kill(Number(pid), 0)).toThrow(/ESRCH/)
  await expect(readFile(join(home, 'Caddyfile'))).rejects.toThrow(/ENOENT/)
})
