import { Page } from '../../ui/page.tsx'

/** Devices. */
export function DevicesPage() {
  return <Page title="Devices">{null}</Page>
}
