import { Page } from '../../ui/page.tsx'

/** Trades. */
export function TradesPage() {
  return <Page title="Trades">{null}</Page>
}
