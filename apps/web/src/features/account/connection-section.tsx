import { Button } from '@mantine/core'
import { problemMessage } from '../../api/problem-error.ts'
import { useConnection, useRenewConnection } from '../../api/session.ts'
import { LoadingBlock } from '../../ui/faces.tsx'
import { connectionNow } from '../../ui/frame/connection-now.ts'
import { Notice } from '../../ui/notice.tsx'
import { Time } from '../../ui/numbers.tsx'
import { Section } from '../../ui/page.tsx'
import { useNow } from '../../ui/use-now.ts'
import { DisconnectDialog } from './disconnect-dialog.tsx'
import { Fact } from './fact.tsx'
import classes from './page.module.css'
import { useAsk } from './use-ask.ts'

const states = {
  connected: { words: 'Connected', tone: 'good' },
  expiring: { words: 'Connected, ends within 30 minutes', tone: 'warn' },
  expired: { words: 'Expired', tone: 'bad' },
  disconnected: { words: 'Not connected', tone: 'bad' },
} as const

/** The account's broker connection: how it stands, renewing and ending it. */
export function ConnectionSection() {
  const connection = useConnection()
  const renew = useRenewConnection()
  const [, ask] = useAsk()
  const now = useNow(10_000)
  if (connection === undefined) return <LoadingBlock height={320} />
  const status = connectionNow(connection, now)
  const isEnded = status === 'expired' || status === 'disconnected'
  return (
    <Section title="Broker connection">
      <dl className={classes.facts}>
        <Fact label="Broker">{connection.simulated ? 'Simulated Kite' : 'Zerodha Kite'}</Fact>
        <Fact label="State">
          <span className={classes.state} data-tone={states[status].tone}>
            {states[status].words}
          </span>
        </Fact>
        <Fact label="Until">
          <Time at={status === 'disconnected' ? null : connection.expiresAt} />
        </Fact>
        <Fact label="Last renewed">
          <Time at={connection.renewedAt} />
        </Fact>
        <Fact label="Renewed on">{connection.renewedBy ?? '—'}</Fact>
      </dl>
      <p className={classes.text}>
        The broker ends every connection at 06:00 IST. All your devices and runs share this one; renewing it
        on any device renews it for all.
      </p>
      {renew.error !== null && (
        <Notice tone="bad" title="The renewal could not be started">
          {problemMessage(renew.error)}
        </Notice>
      )}
      <div className={classes.acts}>
        <Button
          variant={isEnded ? 'filled' : 'default'}
          loading={renew.isLeaving}
          onClick={() => renew.mutate()}
        >
          {isEnded ? 'Connect with Kite' : 'Renew with Kite'}
        </Button>
        {status !== 'disconnected' && (
          <Button variant="subtle" color="gray" onClick={() => ask('disconnect')}>
            Disconnect
          </Button>
        )}
      </div>
      <DisconnectDialog />
    </Section>
  )
}
