import { Page } from '../../ui/page.tsx'

/** Start a run. */
export function StartRunPage() {
  return <Page title="Start a run">{null}</Page>
}
