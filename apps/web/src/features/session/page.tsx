import { Page } from '../../ui/page.tsx'

/** Sign in. */
export function SignInPage() {
  return <Page title="Sign in">{null}</Page>
}
