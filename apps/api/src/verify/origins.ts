import { judged, type Line, tried } from './line.ts'
import type { Site } from './site.ts'

const stranger = 'https://not-this-site.example'
const fix =
  'Set WEB_ORIGIN to the one address of the web app, and let no proxy add or change Access-Control-* or Origin headers'

/** Whether pages of other sites are kept out: they neither read nor change anything. */
export function checkOrigins(site: Site): Promise<readonly Line[]> {
  return Promise.all([checkReading(site), checkChanging(site)])
}

function checkReading(site: Site): Promise<Line> {
  return tried('CORS', fix, async () => {
    const headers = { origin: stranger }
    const asked = { ...headers, 'access-control-request-method': 'POST' }
    const answers = [
      await site.ask('/api/session', { method: 'OPTIONS', headers: asked }),
      await site.ask('/api/session', { headers }),
      await site.ask('/healthz', { headers }),
    ]
    const allowed = answers.map((answer) => answer.headers.get('access-control-allow-origin') ?? '')
    const wrong = allowed.filter((origin) => /^(\*|null|https:\/\/not-this-site\.example)$/.test(origin))
    const said = [...new Set(wrong)].map((origin) => `access-control-allow-origin: ${origin}`)
    return judged('CORS', said, 'a foreign page is allowed nothing', fix)
  })
}

function checkChanging(site: Site): Promise<Line> {
  return tried('Foreign writes', fix, async () => {
    const headers = { origin: stranger, 'sec-fetch-site': 'cross-site' }
    const { status } = await site.ask('/api/sign-in/kite', { method: 'POST', headers, body: {} })
    const wrong = status === 403 ? [] : [`a foreign page's POST is answered with ${status} instead of 403`]
    return judged('Foreign writes', wrong, "a foreign page's POST is refused", fix)
  })
}
