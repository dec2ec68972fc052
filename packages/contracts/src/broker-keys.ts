import { z } from 'zod'

/** The public name of an app at the broker. */
export const ApiKey = z.string().trim().min(4, 'Enter the API key').max(64)
export const ApiSecret = z.string().trim().min(4, 'Enter the API secret').max(128)

/** What one types to log in at the broker with an app of one's own, and to replace its keys. */
export const BrokerKeys = z.strictObject({ apiKey: ApiKey, apiSecret: ApiSecret })

/** A pasted request token with the keys of the app that it was issued to. */
export const PastedRequestToken = z.strictObject({
  apiKey: ApiKey,
  apiSecret: ApiSecret,
  requestToken: z.string().trim().min(4).max(256),
})

/** A pasted access token with the app's public name. */
export const PastedAccessToken = z.strictObject({
  apiKey: ApiKey,
  accessToken: z.string().trim().min(4).max(256),
})
