import { z } from 'zod'

const Addresses = z.object({
  /** Where browsers reach the API. */
  apiPort: z.int(),
  /** Where the API listens, behind the wire. */
  serverPort: z.int(),
  webPort: z.int(),
  simPort: z.int(),
  /** The web app built for an API at another origin. */
  webFolder: z.string(),
  /** The web app built for an API that serves it, and where that one listens. */
  ownWebFolder: z.string(),
  ownPort: z.int(),
  ownSimPort: z.int(),
})
export type Addresses = z.infer<typeof Addresses>

/** Tells the test workers where things are; the web app is built for exactly this API address. */
export function publishAddresses(addresses: Addresses): void {
  process.env['E2E_ADDRESSES'] = JSON.stringify(addresses)
}

/** Where things are, as decided once before the first journey. */
export function readAddresses(): Addresses {
  return Addresses.parse(JSON.parse(process.env['E2E_ADDRESSES'] ?? 'null'))
}
