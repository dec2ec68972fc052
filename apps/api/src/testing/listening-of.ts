import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A TCP port that a process listens on, and whether only its own machine can reach it. */
export interface ListeningPort {
  readonly port: number
  /** As the kernel writes it: hexadecimal, each four bytes in the order of the processor. */
  readonly address: string
  readonly isLoopback: boolean
}

const listen = '0A'
/** 127.0.0.0/8, ::1, and the former written as the latter. */
const loopback = /^(?:.{6}7F|0{24}01000000|0{16}FFFF0000.{6}7F)$/

/** What a process and all its descendants listen on, over IPv4 and IPv6. Linux only. */
export function listeningOf(pid: number): readonly ListeningPort[] {
  const sockets = new Set(familyOf(pid).flatMap(socketsOf))
  return ['tcp', 'tcp6'].flatMap((table) =>
    rowsOf(`/proc/net/${table}`).flatMap((row) => {
      // sl, local_address, rem_address, st, tx:rx, tr:tm, retrnsmt, uid, timeout, inode (man proc_net).
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/)
      if (state !== listen || !sockets.has(inode)) return []
      const [address = '', port = ''] = local.split(':')
      return [{ port: Number.parseInt(port, 16), address, isLoopback: loopback.test(address) }]
    }),
  )
}

function familyOf(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(familyOf)]
}

/** The inodes of its sockets. */
function socketsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      // Closed in the meantime.
      return []
    }
  })
}

/** A machine without IPv6 has no table of it. */
function rowsOf(table: string): readonly string[] {
  try {
    return readFileSync(table, 'utf8').trimEnd().split('\n').slice(1)
  } catch {
    return []
  }
}
