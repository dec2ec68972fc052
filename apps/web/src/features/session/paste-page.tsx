import { SegmentedControl } from '@mantine/core'
import { getSession, type Session } from '@stratdesk/contracts/session'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { closeLive } from '../../api/live.ts'
import { q } from '../../api/query.ts'
import { queryClient } from '../../api/query-client.ts'
import { ownPath } from '../../api/return-path.ts'
import { forgetSessionEnd } from '../../api/session-end.ts'
import { AccessTokenForm, RequestTokenForm } from './paste-forms.tsx'
import { SignInLayout } from './sign-in-layout.tsx'
import classes from './sign-in.module.css'

const lead = 'For those who already hold a token of the broker’s, from a script or another machine.'

/** Signing in with a pasted token instead of the broker's page. */
export function PasteSignInPage() {
  const search = useSearch({ from: '/sign-in/paste' })
  const router = useRouter()
  const [kind, setKind] = useState<'request' | 'access'>('request')
  const enter = (session: Session) => {
    closeLive()
    queryClient.clear()
    queryClient.setQueryData(q(getSession).queryKey, session)
    // The guard takes this session for one it has known.
    forgetSessionEnd()
    router.history.push(ownPath(session.brokerId, search.from) ?? '/')
  }
  return (
    <SignInLayout title="Sign in with a token" lead={lead}>
      <SegmentedControl
        fullWidth
        aria-label="Kind of token"
        value={kind}
        onChange={setKind}
        data={[
          { value: 'request', label: 'Request token' },
          { value: 'access', label: 'Access token' },
        ]}
      />
      {kind === 'request' ? <RequestTokenForm onSignedIn={enter} /> : <AccessTokenForm onSignedIn={enter} />}
      <Link to="/sign-in" search={search} className={classes.other}>
        Sign in with Kite instead
      </Link>
    </SignInLayout>
  )
}
