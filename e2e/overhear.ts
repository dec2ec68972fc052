import type { Page } from '@playwright/test'

/** Everything a page was told by the server since it was opened: answers and live events, as text. */
export interface Heard {
  text(): Promise<string>
}

// In the page: keeps what every EventSource receives, of whatever type.
const keepEvents = `
  window.heardEvents = []
  const Original = window.EventSource
  window.EventSource = class extends Original {
    addEventListener(type, ...rest) {
      super.addEventListener(type, (event) => {
        if (typeof event.data === 'string') window.heardEvents.push(type + ' ' + event.data)
      })
      super.addEventListener(type, ...rest)
    }
  }`

/** Listens to what the server says to a page. Call it before the page is opened. */
export async function overhear(page: Page, apiUrl: string): Promise<Heard> {
  const answers: Promise<string>[] = []
  await page.addInitScript(keepEvents)
  page.on('response', (response) => {
    if (!response.url().startsWith(apiUrl) || response.url().endsWith('/api/events')) return
    // A redirect has no body, and a page that leaves takes its unread answers along.
    answers.push(response.text().catch(() => ''))
  })
  return {
    async text() {
      const events: unknown = await page.evaluate('window.heardEvents ?? []')
      return [...(await Promise.all(answers)), JSON.stringify(events)].join('\n')
    },
  }
}
