import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RunningKiteSim } from '@stratdesk/kite-sim/sim'

/**
 * What a broker does instead of answering well. `lost`: it does what it was asked, and its reply never arrives; `cut`: it
 * hangs up at once.
 */
export type BrokerFault = 'too many requests' | 'an error of its own' | 'a page of HTML' | 'lost' | 'cut'

const answers: Readonly<Partial<Record<BrokerFault, readonly [string, string, string]>>> = {
  'too many requests': [
    '429 Too Many Requests',
    'application/json',
    '{"status":"error","message":"Too many requests","error_type":"NetworkException","data":null}',
  ],
  'an error of its own': [
    '502 Bad Gateway',
    'application/json',
    '{"status":"error","message":"Gateway","error_type":"GeneralException","data":null}',
  ],
  'a page of HTML': ['200 OK', 'text/html', '<!doctype html><title>Kite is being looked after</title>'],
}

interface State {
  readonly hostname: string
  readonly port: string
  /** Open streams of prices. */
  readonly sockets: Set<Duplex>
  fault: BrokerFault | undefined
  faulted: number
}

/** Stands in front of the simulator, for REST and ticker, and can be told to answer in its place. */
export async function startFaultyBroker(sim: RunningKiteSim) {
  const { hostname, port: simPort } = new URL(sim.url)
  const state: State = { hostname, port: simPort, sockets: new Set(), fault: undefined, faulted: 0 }
  const server = createServer((incoming, outgoing) => pass(state, incoming, outgoing))
  server.on('upgrade', (incoming, socket, head) => upgrade(state, incoming, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo
  const hangUp = () => {
    for (const socket of state.sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${port}`,
    tickerUrl: `ws://127.0.0.1:${port}/ws`,
    /** How often something was asked of it while it had a fault. */
    get faulted() {
      return state.faulted
    },
    /** From now on, for everything new; open streams of prices end. */
    fail(fault: BrokerFault) {
      state.fault = fault
      hangUp()
    },
    mend() {
      state.fault = undefined
    },
    async close() {
      hangUp()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function pass(state: State, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { fault, hostname, port } = state
  if (fault !== undefined) state.faulted += 1
  const answer = fault && answers[fault]
  if (answer) {
    const [status, type, body] = answer
    return void outgoing.writeHead(Number(status.slice(0, 3)), { 'content-type': type }).end(body)
  }
  if (fault === 'cut') return void incoming.socket.destroy()
  const { method, headers, url = '' } = incoming
  const onward = request({ hostname, port, path: url, method, headers, agent: false })
  onward.on('error', () => outgoing.destroy())
  onward.on('response', (response) => {
    if (fault === 'lost') return void response.resume().on('end', () => outgoing.destroy())
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
    response.pipe(outgoing)
  })
  incoming.pipe(onward)
}

function upgrade(state: State, { rawHeaders, url }: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { fault, hostname, port, sockets } = state
  socket.on('error', () => socket.destroy())
  if (fault !== undefined) state.faulted += 1
  const answer = fault && answers[fault]
  if (answer) {
    const [status, type, body] = answer
    const facts = [`content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`]
    return void socket.end([`HTTP/1.1 ${status}`, ...facts, '', body].join('\r\n'))
  }
  if (fault === 'cut') return void socket.destroy()
  const onward: Socket = connect(Number(port), hostname, () => {
    const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []))
    onward.write([`GET ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
    onward.write(head)
    socket.pipe(onward)
    if (fault === 'lost') onward.once('data', () => socket.destroy())
    else onward.pipe(socket)
  })
  sockets.add(socket)
  onward.on('error', () => socket.destroy()).on('close', () => socket.destroy())
  socket.on('close', () => {
    sockets.delete(socket)
    onward.destroy()
  })
}
