import { Id } from '@stratdesk/contracts/values'
import { z } from 'zod'

/** The start form's URL: the past run whose parameters it opens with, if any. */
export const startRunSearch = z.object({ from: Id.optional().catch(undefined) })
