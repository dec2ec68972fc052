import { globSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { buildWeb } from './build-web.ts'

const config = fileURLToPath(new URL('../apps/api/src/config.ts', import.meta.url))
const canary = 'qzcanary'

it(
  'S37 the built web app holds nothing of the server it was built on, and of no account but those of the demo',
  { timeout: 60_000 },
  async ({ task }) => {
    const folder = await mkdtemp(join(tmpdir(), `${canary}-`))
    const settings = new Set((await readFile(config, 'utf8')).match(/\b[A-Z]{2,}(_[A-Z]+)+\b/g))
    expect(settings).toContain('SESSION_SECRET')
    for (const name of settings) vi.stubEnv(name, `${canary}-${name}`)
    vi.stubEnv('NODE_ENV', 'production')
    try {
      await buildWeb({ folder })
      const files = globSync('**/*.*', { cwd: folder })
      expect(files).toContain('index.html')
      for (const file of files) {
        const text = await readFile(join(folder, file), 'latin1')
        expect([file, text.includes(canary)]).toEqual([file, false])
        expect(['UK9394', 'UK1234']).toEqual(expect.arrayContaining(text.match(/\bUK\d{4}\b/g) ?? []))
      }
      task.meta.cases = files.length
    } finally {
      vi.unstubAllEnvs()
      await rm(folder, { recursive: true })
    }
  },
)
