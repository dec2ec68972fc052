import { Button } from '@mantine/core'
import { type ConnectionKeys, getConnectionKeys } from '@stratdesk/contracts/connection'
import { useQuery } from '@tanstack/react-query'
import { q } from '../../api/query.ts'
import { LoadingBlock, QueryFace } from '../../ui/faces.tsx'
import { Section } from '../../ui/page.tsx'
import { Fact } from './fact.tsx'
import classes from './page.module.css'
import { RemoveKeysDialog } from './remove-keys-dialog.tsx'
import { ReplaceKeysDialog } from './replace-keys-dialog.tsx'
import { useAsk } from './use-ask.ts'

/** Which keys of the broker's the account signs in with, and how to change them. */
export function KeysSection() {
  const keys = useQuery(q(getConnectionKeys))
  return (
    <Section title="Broker keys">
      <QueryFace
        query={keys}
        loading={<LoadingBlock height={180} />}
        failed="What is known of the keys could not be loaded."
      >
        {(known) => (known.source === 'server' ? <ServerKeys keys={known} /> : <OwnKeys keys={known} />)}
      </QueryFace>
    </Section>
  )
}

function ServerKeys({ keys }: { readonly keys: ConnectionKeys }) {
  return (
    <>
      <dl className={classes.facts}>
        <Fact label="App">This server’s own Kite app</Fact>
        <Fact label="API key">
          <KeyEnd keys={keys} />
        </Fact>
      </dl>
      <p className={classes.text}>
        Everybody here signs in through it. Whoever runs this server can change it; no account needs keys of
        its own.
      </p>
    </>
  )
}

function OwnKeys({ keys }: { readonly keys: ConnectionKeys }) {
  const [, ask] = useAsk()
  const hasKeys = keys.source === 'account'
  return (
    <>
      <dl className={classes.facts}>
        <Fact label="App">{hasKeys ? 'Your own Kite app' : 'None'}</Fact>
        <Fact label="API key">
          <KeyEnd keys={keys} />
        </Fact>
        <Fact label="API secret">{keys.hasSecret ? 'Stored, encrypted' : 'Not stored'}</Fact>
      </dl>
      <p className={classes.text}>
        {keys.hasSecret
          ? 'With them the connection is renewed in one click. The secret is never shown again.'
          : 'Renewing the connection asks for key and secret, and keeps them here for the next time.'}
      </p>
      {hasKeys && (
        <div className={classes.acts}>
          <Button variant="default" onClick={() => ask('replace-keys')}>
            Replace keys
          </Button>
          <Button variant="subtle" color="gray" onClick={() => ask('remove-keys')}>
            Remove
          </Button>
        </div>
      )}
      <ReplaceKeysDialog />
      <RemoveKeysDialog />
    </>
  )
}

function KeyEnd({ keys }: { readonly keys: ConnectionKeys }) {
  if (keys.apiKeyEnd === null) return <>—</>
  return (
    <span className={classes.key} aria-label={`ends with ${keys.apiKeyEnd}`}>
      …{keys.apiKeyEnd}
    </span>
  )
}
