import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { buildWeb } from './build-web.ts'

const styles = fileURLToPath(new URL('../apps/web/node_modules/@mantine/core/styles', import.meta.url))
/** The classes of Mantine's components are hashes, the same in its scripts and its styles. */
const classesIn = (text: string) => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g))

it('imports the styles of every component of Mantine that is used', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stratdesk-styles-'))
  try {
    await buildWeb({ folder })
    const all = async (pattern: string) => {
      const files = globSync(pattern, { cwd: folder }).map((file) => readFile(join(folder, file), 'utf8'))
      return classesIn((await Promise.all(files)).join('\n'))
    }
    const [used, styled] = [await all('assets/*.js'), await all('assets/*.css')]
    expect(used.size).toBeGreaterThan(50)
    const missing = globSync('*.layer.css', { cwd: styles }).map(async (file) => {
      const of = classesIn(await readFile(join(styles, file), 'utf8'))
      return [...of].some((name) => used.has(name) && !styled.has(name)) ? [file] : []
    })
    expect((await Promise.all(missing)).flat()).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})
