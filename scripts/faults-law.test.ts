import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8')

it('docs/faults.md names tests that there are', () => {
  const rows = read('docs/faults.md')
    .split('\n')
    .filter((line) => /^\| (?!Fault |-)/.test(line))
  expect(rows.length).toBeGreaterThan(15)
  for (const row of rows) {
    const [, name = '', file = ''] = /`(.+)` \(\[[^\]]+\]\(\.\.\/([^)]+)\)\) +\|$/.exec(row) ?? [row]
    expect([row, file !== '' && read(file).includes(`'${name}'`)]).toEqual([row, true])
  }
})
