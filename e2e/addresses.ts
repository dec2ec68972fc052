import { z } from 'zod'

const Addresses = z.object({
  /** Where browsers reach the API. */
  apiPort: z.int(),
  /** Where the API listens, behind the wire. */
  serverPort: z.int(),
  webPort: z.int(),
  simPort: z.int(),
  webFolder: z.string(),
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
