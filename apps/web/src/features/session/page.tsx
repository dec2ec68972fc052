import { Button } from '@mantine/core'
import { getSignInOptions } from '@stratdesk/contracts/session'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { q } from '../../api/query.ts'
import { useSessionEnd } from '../../api/session-end.ts'
import { LoadingBlock, QueryFace } from '../../ui/faces.tsx'
import { signInReason } from './reasons.ts'
import { SignInLayout } from './sign-in-layout.tsx'
import classes from './sign-in.module.css'
import { SignInFailure } from './sign-in-failure.tsx'
import { useKiteSignIn } from './use-kite-sign-in.ts'
import { useSignInInOtherTab } from './use-sign-in-in-other-tab.ts'

const KeysForm = lazy(async () => ({ default: (await import('./keys-form.tsx')).KeysForm }))
const lead = 'Run trading strategies on your own broker account, and watch them from every device you own.'

/** The front door: one button to the broker's login. */
export function SignInPage() {
  const search = useSearch({ from: '/sign-in' })
  const options = useQuery(q(getSignInOptions))
  useSignInInOtherTab(search)
  return (
    <SignInLayout
      title="Sign in"
      lead={lead}
      reason={signInReason(search, useSessionEnd())}
      below={options.data?.demo === true && <DemoHint />}
    >
      <QueryFace
        query={options}
        loading={<LoadingBlock height={42} />}
        failed="The sign-in could not be prepared."
      >
        {({ serverKey }) =>
          serverKey ? (
            <OneButton from={search.from} />
          ) : (
            <Suspense fallback={<LoadingBlock height={220} />}>
              <KeysForm from={search.from} />
            </Suspense>
          )
        }
      </QueryFace>
      <p className={classes.fine}>
        You sign in on the broker’s own page. Stratdesk never sees your password.
      </p>
      <Link to="/sign-in/paste" search={search} className={classes.other}>
        Paste a token instead
      </Link>
    </SignInLayout>
  )
}

function OneButton({ from }: { readonly from: string | undefined }) {
  const signIn = useKiteSignIn(from)
  return (
    <div className={classes.form}>
      {signIn.isError && <SignInFailure error={signIn.error} />}
      <Button size="md" fullWidth loading={signIn.isLeaving} onClick={() => signIn.mutate({})}>
        Sign in with Kite
      </Button>
    </div>
  )
}

function DemoHint() {
  return (
    <div className={classes.demo}>
      <strong>This is a demo with a simulated broker.</strong>
      <br />
      Sign in as <code>UK9394</code> or <code>UK1234</code>, password <code>demo</code>.
    </div>
  )
}
