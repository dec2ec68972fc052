import type { Page } from '@playwright/test'
import type { Stack } from './stack.ts'

/** What Firefox writes to its console about a connection that was lost or left counts as an error of the page to BiDi. */
const lostConnection =
  /^(Cross-Origin Request Blocked|Firefox can’t establish a connection|The connection to |downloadable font: download failed)/

// In the page: what the policy stopped is told to the console in the same words by every browser.
const tellViolations = `addEventListener('securitypolicyviolation', (event) => console.error(
  'Stopped by the policy: ' + [event.effectiveDirective, event.blockedURI, event.sample, event.sourceFile].join(' ')))`

/** Errors of the page and violations of its policy, as they happen. Call it before the page is opened. */
export async function watchErrors(page: Page): Promise<string[]> {
  const errors: string[] = []
  await page.addInitScript(tellViolations)
  page.on('console', (message) => {
    if (message.text().startsWith('Stopped by the policy')) errors.push(message.text())
  })
  page.on('pageerror', (error) => {
    const text = error.stack ?? error.message
    if (!lostConnection.test(text)) errors.push(text)
  })
  return errors
}

/** What Chromium writes when a page that is not signed in asks who is. */
const isSignedOut = /status of 401/

/** What a page writes to its console as an error and whom it asks but us, as it happens. */
export function watchScreens(page: Page, stack: Stack): readonly string[] {
  const troubles: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !isSignedOut.test(message.text())) troubles.push(message.text())
  })
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    const isOurs = origin === stack.webUrl || origin === stack.apiUrl
    if (protocol.startsWith('http') && !isOurs) troubles.push(`asks ${request.url()}`)
  })
  return troubles
}
