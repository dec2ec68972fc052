import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import type { ReactNode } from 'react'
import { problemMessage } from '../../api/problem-error.ts'
import { apiBase } from '../../api/request.ts'
import { useRenewConnection, useSession } from '../../api/session.ts'
import { LoadingBlock, Stale } from '../../ui/faces.tsx'
import { Time } from '../../ui/numbers.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { useNow } from '../../ui/use-now.ts'
import { connectionNow } from '../../ui/frame/connection-now.ts'
import classes from './page.module.css'

/** The account: its broker connection, this device's session and theme, and what this server is. */
export function AccountPage() {
  return (
    <Page title="Account">
      <div className={classes.grid}>
        <ConnectionSection />
        <SessionSection />
        <ThemeSection />
        <AboutSection />
      </div>
    </Page>
  )
}

const statusWords = {
  connected: 'Connected',
  expiring: 'Connected, ends within 30 minutes',
  expired: 'Expired',
  disconnected: 'Not connected',
} as const

function ConnectionSection() {
  const connection = useSession()?.connection
  const renew = useRenewConnection()
  const now = useNow(10_000)
  if (connection === undefined) return <LoadingBlock height={240} />
  return (
    <Section title="Broker connection">
      {renew.isError && <Stale>The renewal could not be started. {problemMessage(renew.error)}</Stale>}
      <dl className={classes.facts}>
        <Fact label="Broker">{connection.simulated ? 'Simulated Kite' : 'Zerodha Kite'}</Fact>
        <Fact label="State">{statusWords[connectionNow(connection, now)]}</Fact>
        <Fact label="Until">
          <Time at={connection.expiresAt} />
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
      <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
        Renew with Kite
      </Button>
    </Section>
  )
}

function SessionSection() {
  const session = useSession()
  if (session === undefined) return <LoadingBlock height={240} />
  return (
    <Section title="This device">
      <dl className={classes.facts}>
        <Fact label="Account">
          {session.brokerId}, {session.name}
        </Fact>
        <Fact label="Device">{session.device.label}</Fact>
        <Fact label="Signed in">
          <Time at={session.signedInAt} />
        </Fact>
        <Fact label="Session ends">
          <Time at={session.expiresAt} />
        </Fact>
      </dl>
      <p className={classes.text}>
        A session is one device. When it ends you sign in again; what runs keeps running meanwhile.
      </p>
    </Section>
  )
}

function ThemeSection() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Section title="Theme">
      <SegmentedControl
        aria-label="Theme"
        value={colorScheme}
        onChange={setColorScheme}
        data={[
          { value: 'auto', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <p className={classes.text}>Kept on this device.</p>
    </Section>
  )
}

function AboutSection() {
  return (
    <Section title="About">
      <p className={classes.lead}>
        Stratdesk runs trading strategies on your own broker account. Whoever runs this server holds your
        data; your broker password is never seen here, and your broker keys are stored encrypted.
      </p>
      <a href={`${apiBase}/api/docs`} target="_blank" rel="noreferrer" className={classes.link}>
        How programs talk to this server
      </a>
    </Section>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
