import { fault, judged, type Line, tried } from './line.ts'
import type { Site } from './site.ts'

const fix =
  'Let no proxy rewrite Set-Cookie; behind https set WEB_ORIGIN to the https address, which makes cookies Secure'

/** The attributes of the cookie that a sign-in begins with, which are those of a session's. */
export function checkCookies(site: Site): Promise<Line> {
  return tried('Cookie attributes', fix, async () => {
    const { text } = await site.ask('/api/sign-in/options')
    const { serverKey }: { serverKey?: unknown } = JSON.parse(text)
    // Keys that are nobody's: nothing is sent to the broker before somebody logs in there.
    const body = serverKey === true ? {} : { apiKey: 'verify-deployment', apiSecret: 'verify-deployment' }
    const { status, headers } = await site.ask('/api/sign-in/kite', { method: 'POST', body })
    const [cookie] = headers.getSetCookie()
    if (cookie === undefined) {
      return fault('Cookie attributes', `beginning a sign-in is answered with ${status} and no cookie`, fix)
    }
    return judgeCookies('Cookie attributes', [cookie], site.isHttps)
  })
}

/** Judges whole Set-Cookie values (ASVS 3.3). */
export function judgeCookies(check: string, cookies: readonly string[], isHttps: boolean): Line {
  const wrong = cookies.flatMap((cookie) => cookieFaults(cookie, isHttps))
  const secure = isHttps ? ', Secure, __Host-' : '; Secure is for https'
  return judged(check, wrong, `HttpOnly, SameSite, Path=/${secure}`, fix)
}

function cookieFaults(cookie: string, isHttps: boolean): readonly string[] {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
  const name = pair.split('=', 1)[0] ?? ''
  const has = (shape: RegExp) => attributes.some((attribute) => shape.test(attribute))
  const needs: readonly (readonly [boolean, string])[] = [
    [has(/^HttpOnly$/i), 'is not HttpOnly: scripts can read it'],
    [has(/^SameSite=(Lax|Strict)$/i), 'is not SameSite=Lax: other sites can send it'],
    [has(/^Path=\/$/i), 'is not for Path=/'],
    [!has(/^Domain=/i), 'names a Domain: other hosts get it'],
    [!isHttps || has(/^Secure$/i), 'is not Secure: it goes over http as well'],
    [!isHttps || name.startsWith('__Host-'), 'is not named __Host-…: other hosts can set it'],
  ]
  return needs.flatMap(([isMet, words]) => (isMet ? [] : [`the cookie ${name} ${words}`]))
}
