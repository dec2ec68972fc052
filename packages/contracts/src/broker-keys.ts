import { z } from 'zod'

/** The public name of an app at the broker. */
export const ApiKey = z.string().trim().min(4, 'Enter the API key').max(64)
export const ApiSecret = z.string().trim().min(4, 'Enter the API secret').max(128)
