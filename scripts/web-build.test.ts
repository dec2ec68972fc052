import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { needsBuild } from './web-build.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stratdesk-web-build-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function writeAt(file: string, second: number): Promise<void> {
  await mkdir(join(root, file, '..'), { recursive: true })
  await writeFile(join(root, file), '')
  await utimes(join(root, file), second, second)
}

it('builds what is not there, and again what is older than one of its sources', async () => {
  const folder = join(root, 'apps/web/dist')
  await writeAt('apps/web/src/pages/page.tsx', 100)
  expect(needsBuild(root, folder)).toBe(true)
  await writeAt('apps/web/dist/index.html', 200)
  expect(needsBuild(root, folder)).toBe(false)
  await writeAt('packages/contracts/src/trades.ts', 300)
  expect(needsBuild(root, folder)).toBe(true)
})

it.each([
  'apps/web/index.html',
  'apps/web/vite.config.ts',
  'apps/web/bare-calls.ts',
  'apps/web/public/icon.svg',
  'scripts/build-web.ts',
  'scripts/precompress.ts',
  'pnpm-lock.yaml',
])('builds again after a change of %s', async (file) => {
  const folder = join(root, 'apps/web/dist')
  await writeAt('apps/web/dist/index.html', 200)
  await writeAt(file, 100)
  expect(needsBuild(root, folder)).toBe(false)
  await writeAt(file, 300)
  expect(needsBuild(root, folder)).toBe(true)
})
