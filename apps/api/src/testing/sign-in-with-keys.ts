import type { TestBrowser } from './browser.ts'
import type { TestServer } from './server.ts'

/** The keys of the simulator's demo app, as a user would type them. */
export const demoKeys = { apiKey: 'demo-key', apiSecret: 'demo-secret' }

/** Signs in with keys that the user brings, at a server that has none of its own. */
export async function signInWithKeys(
  server: TestServer,
  userId: string,
  keys = demoKeys,
  browser: TestBrowser = server.browser(),
): Promise<TestBrowser> {
  browser.keys = keys
  return await browser.signIn(userId)
}
