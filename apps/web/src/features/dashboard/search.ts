import { Period } from '@stratdesk/contracts/performance'
import { z } from 'zod'

/** The dashboard's URL: the period of the equity curve. */
export const dashboardSearch = z.object({ period: Period.optional().catch(undefined) })
