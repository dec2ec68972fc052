import { Page } from '../../ui/page.tsx'

/** Positions. */
export function PositionsPage() {
  return <Page title="Positions">{null}</Page>
}
