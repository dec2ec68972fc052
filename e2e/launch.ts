import type { LaunchOptions } from '@playwright/test'
import { z } from 'zod'
import { ensureBrowsers } from './browsers.ts'

const Found = z.object({
  chromium: z.string(),
  firefox: z.string(),
  webkit: z.literal('own').optional(),
})

// `pnpm test` has looked already; without it (a journey started from an editor) we look ourselves.
const given = process.env['E2E_BROWSERS']
const found = Found.parse(given === undefined ? ensureBrowsers() : JSON.parse(given))
process.env['E2E_BROWSERS'] = JSON.stringify(found)

const isRoot = process.getuid?.() === 0
const quietChromium = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  ...(isRoot ? ['--no-sandbox'] : []),
]

/** How to launch a browser here; undefined where it cannot be had (WebKit outside of Playwright's own builds). */
export function launchOptions(browser: 'chromium' | 'firefox'): LaunchOptions
export function launchOptions(browser: 'webkit'): LaunchOptions | undefined
export function launchOptions(browser: 'chromium' | 'firefox' | 'webkit'): LaunchOptions | undefined {
  const program = found[browser]
  if (program === undefined) return undefined
  if (program === 'own') return {}
  // A stock Firefox is driven over WebDriver BiDi.
  if (browser === 'firefox') return { channel: 'moz-firefox', executablePath: program }
  return { executablePath: program, args: quietChromium }
}
