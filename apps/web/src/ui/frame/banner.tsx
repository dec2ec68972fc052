import { Button } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle, IconPlugOff } from '@tabler/icons-react'
import { useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { problemMessage } from '../../api/problem-error.ts'
import { reconnectLive, type StreamStatus, useStreamStatus } from '../../api/live.ts'
import { useReturnProblem } from '../../api/return-problem.ts'
import { useConnection, useRenewConnection, useSession } from '../../api/session.ts'
import { duration, timeOfDay } from '../../lib/time.ts'
import { returnProblemWords } from '../return-problem-words.ts'
import { useNow } from '../use-now.ts'
import classes from './banner.module.css'
import { connectionNow } from './connection-now.ts'
import { secondsUntil } from './stream-mark.tsx'
import { useRenewalNotice } from './use-renewal-notice.ts'

/** A cut shorter than this is not worth a banner. */
const briefMs = 3000

/**
 * The one place under the header for what needs an act: a broker login that just failed, then a cut stream, then an
 * ended broker connection.
 */
export function Banner() {
  const stream = useStreamStatus()
  const [problem] = useReturnProblem()
  const { confirm } = useSearch({ strict: false })
  const connection = useConnection()
  const now = useNow(1000)
  useRenewalNotice(connection, now)
  // A dialog that the login came back to says it itself.
  if (problem !== undefined && confirm === undefined) return <ProblemBanner />
  if ((stream.state === 'reconnecting' || stream.state === 'stale') && now - stream.since > briefMs) {
    return <StreamBanner stream={stream} now={now} />
  }
  if (connection === undefined) return null
  const status = connectionNow(connection, now)
  return status === 'expired' || status === 'disconnected' ? <ConnectionBanner status={status} /> : null
}

function ProblemBanner() {
  const [problem, dismiss] = useReturnProblem()
  const brokerId = useSession()?.brokerId ?? ''
  if (problem === undefined) return null
  const { title, text } = returnProblemWords(problem, brokerId)
  return (
    <Line
      tone="warn"
      icon={<IconInfoCircle size={18} stroke={1.7} aria-hidden />}
      action={
        <Button size="compact-sm" variant="default" onClick={dismiss}>
          Close
        </Button>
      }
    >
      <strong>{title}.</strong> {text}
    </Line>
  )
}

type CutStream = Extract<StreamStatus, { retryAt: unknown }>

function StreamBanner({ stream, now }: { readonly stream: CutStream; readonly now: number }) {
  const next =
    stream.retryAt === null ? 'Trying again now.' : `Next try in ${secondsUntil(stream.retryAt, now)} s.`
  return (
    <Line
      tone="warn"
      icon={<IconPlugOff size={18} stroke={1.7} aria-hidden />}
      action={
        <Button size="compact-sm" variant="default" onClick={reconnectLive}>
          Try now
        </Button>
      }
    >
      <strong>Live updates are cut since {timeOfDay(stream.since)}.</strong>{' '}
      <span>
        What is shown may be {duration(now - stream.since)} old; your runs go on without this page.{' '}
        <span aria-hidden>{next}</span>
      </span>
    </Line>
  )
}

function ConnectionBanner({ status }: { readonly status: 'expired' | 'disconnected' }) {
  const renew = useRenewConnection()
  return (
    <Line
      tone="bad"
      icon={<IconAlertTriangle size={18} stroke={1.7} aria-hidden />}
      action={
        <Button size="compact-sm" color="red" loading={renew.isLeaving} onClick={() => renew.mutate()}>
          Renew with Kite
        </Button>
      }
    >
      <strong>
        {status === 'expired'
          ? 'The broker connection has expired.'
          : 'This account is not connected to the broker.'}
      </strong>{' '}
      Runs get no prices and decide nothing until it is renewed.
      {renew.error !== null && ` ${problemMessage(renew.error)}`}
    </Line>
  )
}

interface LineProps {
  readonly tone: 'warn' | 'bad'
  readonly icon: ReactNode
  readonly action: ReactNode
  readonly children: ReactNode
}

function Line({ tone, icon, action, children }: LineProps) {
  return (
    <div role="status" className={classes.banner} data-tone={tone}>
      {icon}
      <div className={classes.words}>{children}</div>
      {action}
    </div>
  )
}
