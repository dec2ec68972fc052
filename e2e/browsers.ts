import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, firefox, webkit } from '@playwright/test'

/** How a browser is started: `own` is Playwright's own build, anything else the path of the system's program. */
export interface Browsers {
  readonly chromium: string
  readonly firefox: string
  /** Only where Playwright's own is installed: no system has another. */
  readonly webkit: 'own' | undefined
}

const names = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  firefox: ['firefox-esr', 'firefox'],
} as const
const debianPackage = { chromium: 'chromium', firefox: 'firefox-esr' } as const

function onPath(programs: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(existsSync)
}

function find(name: keyof typeof names): string | undefined {
  const own = name === 'chromium' ? chromium : firefox
  return existsSync(own.executablePath()) ? 'own' : onPath(names[name])
}

function canInstall(): boolean {
  const isDebian = existsSync('/etc/debian_version') && onPath(['apt-get']) !== undefined
  return isDebian && process.getuid?.() === 0
}

/** Ubuntu's packages of these names are empty shells around snaps, which do not run without snapd. */
function isUbuntu(): boolean {
  return existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

function install(packages: readonly string[]): void {
  console.log(`Installing ${packages.join(' and ')} with apt-get…`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: readonly string[]) => spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8' })
  const update = apt('update')
  const done = apt('install', '-y', '--no-install-recommends', ...packages)
  if (done.status !== 0)
    throw new Error(
      `apt-get could not install ${packages.join(' ')}:\n${update.stderr}${done.stdout}${done.stderr}`,
    )
}

/**
 * Finds Chromium and Firefox and installs what is missing where that can be done without asking (root on Debian).
 * Throws with the command to run elsewhere: the journeys are never skipped.
 */
export function ensureBrowsers(): Browsers {
  const missing = (['chromium', 'firefox'] as const).filter((name) => find(name) === undefined)
  if (missing.length > 0) {
    if (canInstall() && !isUbuntu()) install(missing.map((name) => debianPackage[name]))
    else throw new Error(`The journeys need ${missing.join(' and ')}. Run: ${advice(missing)}`)
  }
  const found = { chromium: find('chromium'), firefox: find('firefox') }
  if (!found.chromium || !found.firefox) throw new Error('Chromium and Firefox are still not on PATH.')
  checkStarts(found.chromium)
  checkStarts(found.firefox)
  const own = existsSync(webkit.executablePath()) ? 'own' : undefined
  return { chromium: found.chromium, firefox: found.firefox, webkit: own }
}

function checkStarts(program: string): void {
  if (program !== 'own') execFileSync(program, ['--version'], { stdio: 'ignore', timeout: 30_000 })
}

function advice(missing: readonly ('chromium' | 'firefox')[]): string {
  if (existsSync('/etc/debian_version') && !isUbuntu())
    return `sudo apt-get install -y ${missing.map((name) => debianPackage[name]).join(' ')}`
  return `npx pnpm@12 --filter @stratdesk/e2e exec playwright install --with-deps ${missing.join(' ')}`
}
