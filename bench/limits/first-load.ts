import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { gzipSync } from 'node:zlib'
import { readAddresses } from '../../e2e/addresses.ts'
import buildWeb from '../../e2e/build-web.ts'
import { launchOptions } from '../../e2e/launch.ts'
import { signIn } from '../../e2e/sign-in.ts'
import { startStack, type Stack } from '../../e2e/stack.ts'
import type { Limit } from '../row.ts'

/** Row 9: the JavaScript a browser loads until the dashboard of a newcomer stands, sign-in included, in gzip. */
export const firstLoad: Limit = {
  name: '9',
  work: 'JavaScript loaded from the sign-in page to the dashboard, gzip',
  unit: 'KiB',
  limitedBy:
    'React is a third of it; the router, zod, TanStack Query and Mantine’s core are most of the rest. The two screens’ own code is 10 KiB.',
  mark: { atMost: 180 },
  async run() {
    const forgetWeb = await buildWeb()
    const stack = await startStack()
    const browser = await chromium.launch(launchOptions('chromium'))
    try {
      const loaded = await scriptsLoaded(browser, stack)
      const sizes = await gzipSizes(readAddresses().webFolder)
      return [sum([...loaded].map((name) => sizes.get(name) ?? 0)) / 1024]
    } finally {
      await browser.close()
      await stack.close()
      await forgetWeb()
    }
  },
}

async function scriptsLoaded(browser: Browser, stack: Stack): Promise<ReadonlySet<string>> {
  const page = await browser.newPage({ baseURL: stack.webUrl })
  const names = new Set<string>()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (pathname.endsWith('.js') && response.url().startsWith(stack.webUrl)) names.add(pathname)
  })
  await signIn(page, 'UK0001')
  return names
}

/** The size of each script of a build, by its path. */
async function gzipSizes(folder: string): Promise<ReadonlyMap<string, number>> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'))
  return new Map(
    await Promise.all(
      files.map(async (name) => [`/${name}`, gzipSync(await readFile(join(folder, name))).length] as const),
    ),
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
