import { Id } from '@stratdesk/contracts/values'
import { z } from 'zod'

/** The devices page's URL: what is to be signed out, asked in a dialog; `device` is which one. */
export const devicesSearch = z.object({
  confirm: z
    .enum(['sign-out-here', 'sign-out-device', 'sign-out-others', 'sign-out-everywhere'])
    .optional()
    .catch(undefined),
  device: Id.optional().catch(undefined),
})
export type DevicesSearch = z.output<typeof devicesSearch>
