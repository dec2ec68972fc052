import { Page } from '../../ui/page.tsx'

/** Sign in. */
export function PasteSignInPage() {
  return <Page title="Sign in">{null}</Page>
}
