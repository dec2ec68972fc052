import { createServer } from 'vite'
import { serveParent } from './child.ts'

/** Runs Vite's development server: `node dev-web.ts PORT`, in apps/web. */
await serveParent(async () => {
  const server = await createServer({
    server: { port: Number(process.argv[2]), strictPort: true, host: 'localhost' },
    clearScreen: false,
    logLevel: 'warn',
  })
  await server.listen()
  // Not awaited: the first page then finds its modules already transformed.
  void server.warmupRequest('/src/main.tsx')
  return { stop: () => server.close() }
})
