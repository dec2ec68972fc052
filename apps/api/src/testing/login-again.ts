import { brokerRedirect, type TestBrowser } from './browser.ts'

/**
 * Has a signed-in browser begin a broker login with the keys there are, and logs in at the broker as `userId`; answers
 * the path and query of our callback.
 */
export async function beginAgain(
  { simUrl }: { readonly simUrl: string },
  browser: TestBrowser,
  path: '/api/session/step-up' | '/api/connection/renew',
  login: {
    readonly userId: string
    readonly returnTo?: string
    readonly form?: Readonly<Record<string, string>>
  },
): Promise<string> {
  const { userId, returnTo, form } = login
  const begun = await browser.post(path, returnTo === undefined ? {} : { returnTo })
  if (begun.statusCode !== 200) throw new Error(`Not begun: ${begun.body}`)
  return await brokerRedirect(simUrl, new URL(begun.json<{ loginUrl: string }>().loginUrl), userId, form)
}
