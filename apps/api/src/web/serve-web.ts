import { relative, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { webHeaders } from './web-headers.ts'

/** Where in the build the files are whose contents never change: it puts a hash of them into the name. */
const hashed = `assets${sep}`
const forGood = 'public, max-age=31536000, immutable'
/** Addresses that are the API's, though no route of it may answer them. */
const ofTheApi = /^\/(api|healthz|readyz|metrics)(\/|$)/

/**
 * Serves the built web app from `dir`: hashed files for a year, everything else to be asked for anew each time, and
 * compressed where the build left a compressed copy. A page's address answers with the app's one page, whatever the
 * app makes of it; the address of a file that does not exist is a 404, as is everything else.
 */
export async function serveWeb(
  app: FastifyInstance,
  { dir, https }: { readonly dir: string; readonly https: boolean },
): Promise<void> {
  const headers = await webHeaders({ https })
  await app.register(async (web) => {
    await web.register(fastifyStatic, {
      root: dir,
      // One route a file, as they were at the start: what is not of the build is never looked for on the disk.
      wildcard: false,
      globIgnore: ['**/*.br', '**/*.gz'],
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) =>
        void reply.headers({
          ...headers,
          // Wherever the build itself lies, be it in a folder of that name.
          'cache-control': relative(dir, path).startsWith(hashed) ? forGood : 'no-cache',
        }),
    })
    web.route({
      method: ['GET', 'HEAD'],
      url: '/*',
      handler: (request, reply) => (isPage(request) ? reply.sendFile('index.html') : reply.callNotFound()),
    })
  })
}

function isPage(request: FastifyRequest): boolean {
  const [path = '/'] = request.url.split('?', 1)
  if (path === '/') return true
  const isFile = path.includes('.', path.lastIndexOf('/'))
  return !isFile && !ofTheApi.test(path) && (request.headers.accept ?? '').includes('text/html')
}
