import { createServer } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { freePorts, isFree, takenPorts } from './ports.ts'

const server = createServer()
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())))

function listen(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
}

it.each(['127.0.0.1', '0.0.0.0'])(
  'a port somebody listens on at %s is named with its variable',
  async (host) => {
    const [port = 0, other = 0] = await freePorts(2)
    expect(await isFree(port)).toBe(true)
    await listen(port, host)

    const lines = await takenPorts([
      { what: 'API', port, variable: 'PORT' },
      { what: 'web', port: other, variable: 'WEB_PORT' },
    ])

    expect(lines).toEqual([`Port ${port} (API) is taken: stop what uses it, or set PORT to another port.`])
  },
)
