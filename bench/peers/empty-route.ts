import { mintBrokerId } from '@stratdesk/data/broker-id'
import { uuidv7 } from '@stratdesk/data/uuid'
import { addHeaders, securityHeaders } from '../../apps/api/src/http/security-headers.ts'
import { MemorySessionStore } from '../../apps/api/src/sign-in/memory-session-store.ts'
import { addSessions, sessionKey } from '../../apps/api/src/sign-in/session-plugin.ts'
import fastify from 'fastify'
import { serveParent } from '../../scripts/child.ts'

/**
 * An empty route under the product's own headers, with its sessions or without any. `POST /sign-in` gives a session.
 * `node empty-route.ts PORT sessions|none`
 */
const [port = '0', which = 'none'] = process.argv.slice(2)
const dayMs = 24 * 3_600_000
const app = fastify()
addHeaders(app, await securityHeaders({ https: false }))

if (which === 'sessions') {
  const secrets = ['a secret of the benchmark, long enough to sign']
  const sessions = new MemorySessionStore()
  await addSessions(app, sessions, { https: false, secrets, lifetimeMs: dayMs })
  app.post('/sign-in', async (request) => {
    const now = Date.now()
    const device = {
      brokerId: mintBrokerId('UK0001'),
      deviceId: uuidv7(),
      label: 'Chrome on Linux',
      userAgent: request.headers['user-agent'] ?? '',
      ip: request.ip,
      createdAt: now,
      authenticatedAt: now,
      lastSeenAt: now,
      expiresAt: now + dayMs,
    }
    request.session.device = device
    await sessions.set(sessionKey(request.session.sessionId), device)
    await request.session.save()
    return {}
  })
  app.get('/empty', async (request, reply) => (request.session.device ? {} : reply.code(401).send({})))
} else {
  app.post('/sign-in', async () => ({}))
  app.get('/empty', async () => ({}))
}

await serveParent(async () => {
  await app.listen({ host: '127.0.0.1', port: Number(port) })
  return { stop: () => app.close() }
})
