import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../api/session.ts'
import { LoadingBlock } from '../../ui/faces.tsx'
import { Time } from '../../ui/numbers.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { AboutSection } from './about-section.tsx'
import { ConnectionSection } from './connection-section.tsx'
import { Fact } from './fact.tsx'
import { KeysSection } from './keys-section.tsx'
import classes from './page.module.css'
import { RecentActivity } from './recent-activity.tsx'

/** The account: its broker connection and keys, what was done in it, this device, the theme, and what this server is. */
export function AccountPage() {
  return (
    <Page title="Account">
      <div className={classes.columns}>
        <div className={classes.column}>
          <ConnectionSection />
          <KeysSection />
          <div className={classes.late}>
            <ThemeSection />
          </div>
        </div>
        <div className={classes.column}>
          <SessionSection />
          <RecentActivity />
          <div className={classes.late}>
            <AboutSection />
          </div>
        </div>
      </div>
    </Page>
  )
}

function SessionSection() {
  const session = useSession()
  if (session === undefined) return <LoadingBlock height={240} />
  return (
    <Section
      title="This device"
      aside={
        <Link to="/devices" className={classes.link}>
          All devices
        </Link>
      }
    >
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
        A session is one device. When it ends you sign in again; your runs do not need it. They do need the
        broker connection: after 06:00 IST they decide nothing until somebody renews it.
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
