import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'

/** A way to the database that can be cut and mended, as a network can, and be slow. */
export async function cuttableDatabase(databaseUrl: string) {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isCut = false
  let delayMs = 0
  const late = () =>
    new Transform({
      transform: (chunk, _encoding, done) => {
        if (delayMs === 0) done(null, chunk)
        else setTimeout(() => done(null, chunk), delayMs)
      },
    })
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy()
    const upstream = connect(Number(target.port), target.hostname)
    socket.pipe(upstream)
    upstream.pipe(late()).pipe(socket)
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy()).on('close', () => to.destroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  // A listening TCP server has an AddressInfo.
  url.port = String((server.address() as AddressInfo).port)
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: url.href,
    cut() {
      isCut = true
      drop()
    },
    mend() {
      isCut = false
    },
    /** Has each answer arrive so much later, from now on. */
    delayBy(ms: number) {
      delayMs = ms
    },
    async close() {
      drop()
      server.close()
      await once(server, 'close')
    },
  }
}
