import { defineConfig, devices, type PlaywrightTestConfig } from '@playwright/test'
import { launchOptions } from './launch.ts'

type Project = NonNullable<PlaywrightTestConfig['projects']>[number]

const report = process.env['E2E_REPORT']
const own = launchOptions('webkit')
/**
 * Journeys tagged so run in every browser, or in every one but Chromium; the others say nothing about the browser and
 * run in Chromium alone.
 */
const everywhere = { grep: /@(every|other)-browsers?/ }

const projects: Project[] = [
  {
    name: 'chromium',
    use: { ...devices['Desktop Chrome'], launchOptions: launchOptions('chromium') },
    grepInvert: /@other-browsers/,
  },
  {
    name: 'firefox',
    use: { ...devices['Desktop Firefox'], launchOptions: launchOptions('firefox') },
    ...everywhere,
  },
  ...(own === undefined ? [] : [{ name: 'webkit', use: devices['Desktop Safari'], ...everywhere }]),
]

export default defineConfig({
  testDir: 'journeys',
  outputDir: '../test-results',
  globalSetup: './build-web.ts',
  // One at a time: a journey restarts the server under the page.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: report === undefined ? 'list' : [['list'], ['json', { outputFile: report }]],
  use: { screenshot: 'only-on-failure', locale: 'en-IN', timezoneId: 'Asia/Kolkata', actionTimeout: 15_000 },
  projects,
})
