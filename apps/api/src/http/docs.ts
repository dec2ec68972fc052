import { hash } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'

const place = '/api/docs'

/**
 * Serves the OpenAPI document and a page to read it by. The page works without the internet. Its script is 5 MB, so
 * it is loaded at the first visit only.
 */
export function addApiDocs(app: FastifyInstance, document: object): void {
  const text = JSON.stringify(document)
  app.get('/api/openapi.json', (_request, reply) => json(reply, text))

  let page: Promise<FastifyInstance> | undefined
  const serve = async (path: string, reply: FastifyReply) => {
    page ??= docsPage()
    const answer = await (await page).inject(path)
    const type = String(answer.headers['content-type'] ?? 'text/plain')
    if (type.startsWith('text/html')) reply.header('content-security-policy', policyFor(answer.body))
    // The script is the same until the next release of it, unlike everything else of the API.
    else reply.header('cache-control', 'public, max-age=86400')
    return reply.code(answer.statusCode).header('content-type', type).send(answer.body)
  }
  app.get(place, (_request, reply) => reply.redirect(`${place}/`, 301))
  app.get(`${place}/`, (_request, reply) => serve(`${place}/`, reply))
  app.get(`${place}/js/scalar.js`, (_request, reply) => serve(`${place}/js/scalar.js`, reply))
}

async function docsPage(): Promise<FastifyInstance> {
  const { default: reference } = await import('@scalar/fastify-api-reference')
  const docs = fastify()
  await docs.register(reference, {
    routePrefix: place,
    configuration: {
      url: '/api/openapi.json',
      pageTitle: 'Stratdesk API',
      // Nothing is fetched from elsewhere, and nothing is told to anybody.
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  })
  return docs
}

/** Lets in the page's own scripts by their hashes; the reference styles itself with inline styles. */
function policyFor(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${hash('sha256', script, 'base64')}'`,
  )
  return [
    "default-src 'none'",
    `script-src 'self' ${inline.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function json(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/json; charset=utf-8').send(text)
}
