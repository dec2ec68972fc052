import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from '@playwright/test'
import buildWeb from '../../e2e/build-web.ts'
import { launchOptions } from '../../e2e/launch.ts'
import { signIn } from '../../e2e/sign-in.ts'
import { startOneOrigin } from '../../e2e/stack.ts'
import type { Limit } from '../row.ts'

/** Fetched when it is used: its hundred packages (170 MiB) are of no use to anybody who does not measure this row. */
const lighthouse = 'lighthouse@13.5.0'
const run = promisify(execFile)

interface Visit {
  readonly page: 'sign-in page' | 'dashboard'
  readonly on: 'desktop' | 'phone'
}

const profiles = {
  desktop: 'Lighthouse’s desktop profile (10 Mbit/s, 40 ms)',
  phone: 'Lighthouse’s mobile profile (a slow phone on slow 4G: 1.6 Mbit/s, 150 ms)',
}
const limitedBy = {
  desktop:
    'Nothing that Lighthouse names, but for code of React and the router which the first screen does not use.',
  phone:
    'React, the router, zod and Mantine are 155 KB in Brotli, for which the simulated phone needs a second of its network. Making their values and drawing the first screen then takes its processor, in tasks that are as short as the libraries let them be. The dashboard asks six things before it is drawn, after its stream has opened and said whose it is.',
}

/** Row 9, as Lighthouse judges it: a page of the production build, over plain HTTP from the server itself. */
export function lighthouseScore({ page, on }: Visit): Limit {
  return {
    name: `9-${page === 'dashboard' ? 'dashboard' : 'sign-in'}${on === 'phone' ? '-phone' : ''}`,
    work: `performance of the ${page} of the production build, ${profiles[on]}`,
    unit: 'points',
    limitedBy: limitedBy[on],
    mark: { atLeast: 95 },
    async run({ rounds }) {
      const forgetWeb = await buildWeb()
      const server = await startOneOrigin()
      const folder = await mkdtemp(join(tmpdir(), 'stratdesk-lighthouse-'))
      try {
        const headers = join(folder, 'headers.json')
        await writeFile(headers, JSON.stringify(page === 'dashboard' ? await signedIn(server.webUrl) : {}))
        const url = `${server.webUrl}${page === 'dashboard' ? '/' : '/sign-in'}`
        const scores: number[] = []
        while (scores.length < Math.min(rounds, 3)) scores.push(await scoreOf(url, { on, folder, headers }))
        return scores
      } finally {
        await server.close()
        await forgetWeb()
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

/** The headers of a browser that has signed in. */
async function signedIn(baseURL: string): Promise<Readonly<Record<string, string>>> {
  const browser = await chromium.launch(launchOptions('chromium'))
  try {
    const page = await browser.newPage({ baseURL })
    await signIn(page, 'UK0001')
    const cookies = await page.context().cookies(baseURL)
    return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }
  } finally {
    await browser.close()
  }
}

interface Settings {
  readonly on: Visit['on']
  readonly folder: string
  readonly headers: string
}

interface Report {
  readonly finalDisplayedUrl: string
  readonly categories: { readonly performance: { readonly score: number } }
}

async function scoreOf(url: string, { on, folder, headers }: Settings): Promise<number> {
  const { executablePath = chromium.executablePath(), args = [] } = launchOptions('chromium')
  const output = join(folder, 'report.json')
  const options = [
    '--quiet',
    '--only-categories=performance',
    ...(on === 'desktop' ? ['--preset=desktop'] : []),
    '--output=json',
    `--output-path=${output}`,
    `--extra-headers=${headers}`,
    `--chrome-flags=--headless=new ${args.join(' ')}`,
  ]
  const env = { ...process.env, CHROME_PATH: executablePath }
  await run('npx', ['-y', 'pnpm@12', 'dlx', lighthouse, url, ...options], { env })
  const report = JSON.parse(await readFile(output, 'utf8')) as Report
  // A page that leads elsewhere would have another page's score.
  if (report.finalDisplayedUrl !== url) throw new Error(`${url} led to ${report.finalDisplayedUrl}`)
  return Math.round(report.categories.performance.score * 100)
}
