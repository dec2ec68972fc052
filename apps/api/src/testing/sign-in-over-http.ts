import { brokerRedirect } from './browser.ts'

/** Signs in at a server process as a browser would; answers the session's cookie. */
export async function signInOverHttp(
  {
    apiUrl,
    simUrl,
    webOrigin,
  }: { readonly apiUrl: string; readonly simUrl: string; readonly webOrigin: string },
  userId: string,
): Promise<string> {
  const begun = await fetch(`${apiUrl}/api/sign-in/kite`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: webOrigin },
    body: '{}',
  })
  const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const { loginUrl } = JSON.parse(await begun.text())
  const callback = await brokerRedirect(simUrl, new URL(loginUrl), userId)
  const done = await fetch(`${apiUrl}${callback}`, { redirect: 'manual', headers: { cookie } })
  const session = done.headers.getSetCookie().find((text) => text.startsWith('session='))
  if (!session) throw new Error(`Not signed in: ${done.headers.get('location')}`)
  return session.split(';')[0] ?? ''
}
