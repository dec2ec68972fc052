import { Page } from '../../ui/page.tsx'

/** Dashboard. */
export function DashboardPage() {
  return <Page title="Dashboard">{null}</Page>
}
