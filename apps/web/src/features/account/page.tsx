import { Page } from '../../ui/page.tsx'

/** Account. */
export function AccountPage() {
  return <Page title="Account">{null}</Page>
}
