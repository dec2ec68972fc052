import { once } from 'node:events'
import { createServer } from 'node:net'

/** A wanted port is taken; `port` says which. */
export class PortTakenError extends Error {
  readonly code = 'EADDRINUSE'
  readonly port: number

  constructor(port: number) {
    super(`Port ${port} is taken`)
    this.port = port
  }
}

/** The wanted port when it is free, any free one for 0. Throws PortTakenError. */
export async function freePort(wanted: number): Promise<number> {
  const probe = createServer()
  probe.listen(wanted, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    throw new PortTakenError(wanted)
  }
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The probe has no port')
  return address.port
}
