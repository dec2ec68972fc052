import type { Connection } from '@stratdesk/contracts/connection'
import { useConnection } from '../../api/session.ts'
import { duration, fullTime, timeOfDayShort } from '../../lib/time.ts'
import { useNow } from '../use-now.ts'
import { connectionNow, expiringMs } from './connection-now.ts'
import classes from './chips.module.css'

/** How the broker connection stands, with the time left until 06:00 IST; the banner has the way to renew one that ended. */
export function ConnectionChip() {
  const connection = useConnection()
  const now = useNow(10_000)
  if (connection === undefined) return null
  const status = connectionNow(connection, now)
  return (
    <div
      className={classes.chip}
      data-tone={tones[status]}
      data-tip={explanation(connection, now)}
      tabIndex={0}
    >
      <span className={classes.dot} aria-hidden />
      <Words connection={connection} now={now} />
    </div>
  )
}

const tones = { connected: 'good', expiring: 'warn', expired: 'bad', disconnected: 'bad' } as const

function Words({ connection, now }: { readonly connection: Connection; readonly now: number }) {
  const status = connectionNow(connection, now)
  if (status === 'expired') return <span>Expired</span>
  if (status === 'disconnected') {
    return (
      <>
        <span className={classes.notOnPhone}>Not connected</span>
        <span className={classes.onPhone}>Off</span>
      </>
    )
  }
  if (connection.expiresAt === null) return <span>Connected</span>
  const left = roughly(Date.parse(connection.expiresAt) - now)
  return (
    <span className={classes.number}>
      <span className={classes.wide}>
        {status === 'expiring' ? 'Ends at' : 'Connected, until'} {timeOfDayShort(connection.expiresAt)} ·{' '}
      </span>
      {left} left
    </span>
  )
}

function roughly(ms: number): string {
  return ms > 3_600_000
    ? `${Math.floor(ms / 3_600_000)} h`
    : duration(Math.ceil(Math.max(ms, 0) / 60_000) * 60_000)
}

function explanation(connection: Connection, now: number): string {
  const status = connectionNow(connection, now)
  const by = connection.renewedBy === null ? '' : ` Last renewed on ${connection.renewedBy}.`
  if (status === 'disconnected') return 'The broker connection was ended. Renew it to get prices again.'
  if (connection.expiresAt === null) return `Connected to the broker.${by}`
  if (status === 'expired') return `The broker connection ended at ${fullTime(connection.expiresAt)}.${by}`
  const soon =
    Date.parse(connection.expiresAt) - now < expiringMs ? ' Sign in with the broker again to renew it.' : ''
  return `The broker ends every connection at 06:00 IST: this one at ${fullTime(connection.expiresAt)}.${by}${soon}`
}
