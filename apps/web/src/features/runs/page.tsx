import { Page } from '../../ui/page.tsx'

/** Runs. */
export function RunsPage() {
  return <Page title="Runs">{null}</Page>
}
