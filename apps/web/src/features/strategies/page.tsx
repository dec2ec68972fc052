import { Page } from '../../ui/page.tsx'

/** Strategies. */
export function StrategiesPage() {
  return <Page title="Strategies">{null}</Page>
}
