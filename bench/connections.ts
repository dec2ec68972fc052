import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const connectionsMax = 500
const bufferBytes = 32 * 1024
const headMax = 8 * 1024
const headEnd = '\r\n\r\n'

/** One kept connection, and the answer that it is in the middle of. */
interface Connection {
  readonly socket: Socket
  head: string
  status: number
  /** Of the body; undefined before the head has ended. */
  bytesLeft: number | undefined
  answered: PromiseWithResolvers<number> | undefined
}

/**
 * Connections to one server that are kept and take one request at a time. They read into memory of their own and parse no
 * more than they must: Node's client takes as much of a processor as the server asked, and the pauses of its garbage
 * collection are of the length of those that are to be measured.
 */
export class Connections {
  readonly #address: { readonly host: string; readonly port: number }
  readonly #all = new Set<Connection>()
  readonly #free: Connection[] = []
  readonly #waiting: PromiseWithResolvers<Connection>[] = []
  #isClosed = false

  constructor(url: string) {
    const { hostname: host, port } = new URL(url)
    this.#address = { host, port: Number(port) }
  }

  /** The bytes of a `GET`, for `ask`. */
  request(path: string, headers: Readonly<Record<string, string>>): Buffer {
    const lines = Object.entries({ host: `${this.#address.host}:${this.#address.port}`, ...headers })
    return Buffer.from(
      `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    )
  }

  /** Sends a request; the status, when the whole answer is there. It waits when 500 are under way, and rejects when it is cut off. */
  async ask(request: Buffer): Promise<number> {
    const connection = this.#free.pop() ?? (await this.#another())
    const answered = Promise.withResolvers<number>()
    connection.answered = answered
    connection.socket.write(request)
    return await answered.promise
  }

  close(): void {
    this.#isClosed = true
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('The connections were closed'))
    for (const { socket } of this.#all) socket.destroy()
  }

  async #another(): Promise<Connection> {
    if (this.#isClosed) throw new Error('The connections were closed')
    if (this.#all.size < connectionsMax) return await this.#open()
    const waiting = Promise.withResolvers<Connection>()
    this.#waiting.push(waiting)
    return await waiting.promise
  }

  async #open(): Promise<Connection> {
    const onread = {
      buffer: Buffer.allocUnsafeSlow(bufferBytes),
      callback: (bytes: number, buffer: Uint8Array) => {
        this.#read(connection, Buffer.from(buffer.buffer, 0, bytes))
        return true
      },
    }
    const socket = connect({ ...this.#address, noDelay: true, onread })
    const connection: Connection = { socket, head: '', status: 0, bytesLeft: undefined, answered: undefined }
    this.#all.add(connection)
    socket.on('close', () => this.#closed(connection)).on('error', () => {})
    await once(socket, 'connect')
    return connection
  }

  #read(connection: Connection, bytes: Buffer): void {
    let body = bytes.length
    if (connection.bytesLeft === undefined) {
      const before = connection.head.length
      connection.head += bytes.toString('latin1', 0, headMax)
      const end = connection.head.indexOf(headEnd)
      if (end === -1) return
      body -= end + headEnd.length - before
      connection.status = Number(connection.head.slice(9, 12))
      const length = /^content-length: (\d+)\r$/im.exec(connection.head.slice(0, end + 2))?.[1]
      connection.head = ''
      if (length === undefined)
        return void connection.socket.destroy(new Error('An answer did not say how long it is'))
      connection.bytesLeft = Number(length)
    }
    connection.bytesLeft -= body
    if (connection.bytesLeft > 0) return
    connection.bytesLeft = undefined
    const { answered } = connection
    connection.answered = undefined
    this.#release(connection)
    answered?.resolve(connection.status)
  }

  #release(connection: Connection): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(connection)
    else next.resolve(connection)
  }

  #closed(connection: Connection): void {
    this.#all.delete(connection)
    const index = this.#free.indexOf(connection)
    if (index !== -1) this.#free.splice(index, 1)
    const cause = connection.socket.errored
    connection.answered?.reject(new Error('The connection was closed before the answer had come', { cause }))
    this.#waiting.shift()?.resolve(this.#open())
  }
}
