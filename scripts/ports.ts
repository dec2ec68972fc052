import { createServer, type Server } from 'node:net'

/** A port somebody asked for, and the variable that changes it. */
export interface WantedPort {
  readonly what: string
  readonly port: number
  readonly variable: string
}

/** Whether nothing listens on a port of this machine, over IPv4 or IPv6. */
export async function isFree(port: number): Promise<boolean> {
  // One after the other: probes of one port would disturb each other.
  for (const host of ['127.0.0.1', '::1', undefined]) if (!(await canListen(port, host))) return false
  return true
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  // A machine without IPv6 has nothing listening there.
  server.once('error', (error) => resolve(!('code' in error) || error.code !== 'EADDRINUSE'))
  server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  return promise
}

/** The line that says a port is taken and what to do. */
export function portTaken({ what, port, variable }: WantedPort): string {
  return `Port ${port} (${what}) is taken: stop what uses it, or set ${variable} to another port.`
}

/** One line for each port that is taken, naming the port and its variable; empty when all are free. */
export async function takenPorts(wanted: readonly WantedPort[]): Promise<readonly string[]> {
  const lines: string[] = []
  for (const one of wanted) {
    if (!(await isFree(one.port))) lines.push(portTaken(one))
  }
  return lines
}

/** So many ports that are free now, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(servers.map(listenAnywhere))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listenAnywhere(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.once('error', reject)
  server.listen({ port: 0, host: '127.0.0.1' }, () => {
    const address = server.address()
    resolve(typeof address === 'object' && address !== null ? address.port : 0)
  })
  return promise
}
