import { z } from 'zod'
import { ApiKey, ApiSecret, PastedAccessToken, PastedRequestToken } from './broker-keys.ts'
import { Connection } from './connection.ts'
import { endpoint } from './endpoint.ts'
import { Id, Instant, ReturnPath } from './values.ts'

/** Broker ids as Kite gives them: capital letters and digits. Anything else from a broker is refused. */
export const BrokerIdText = z.string().regex(/^[A-Z0-9]{2,16}$/)

export const Session = z.object({
  brokerId: BrokerIdText,
  name: z.string(),
  device: z.object({ id: Id, label: z.string() }),
  signedInAt: Instant,
  /** When somebody last logged in at the broker on this device; null where only an access token was pasted. */
  authenticatedAt: Instant.nullable(),
  expiresAt: Instant,
  connection: Connection,
})
export type Session = z.infer<typeof Session>

/** Why a sign-in ended on the sign-in page again; `/sign-in?problem=<reason>`. */
export const SignInProblem = z.enum([
  'denied',
  'state-mismatch',
  'token-expired',
  'broker-refused',
  'broker-unavailable',
  'not-allowed',
  'other-account',
  'too-many-sign-ins',
  'unavailable',
])
export type SignInProblem = z.infer<typeof SignInProblem>

export const getSignInOptions = endpoint({
  name: 'getSignInOptions',
  room: 'session',
  method: 'GET',
  path: '/api/sign-in/options',
  summary: 'How one can sign in here',
  signedIn: false,
  replies: { 200: z.object({ serverKey: z.boolean(), demo: z.boolean() }) },
})

export const startKiteSignIn = endpoint({
  name: 'startKiteSignIn',
  room: 'session',
  method: 'POST',
  path: '/api/sign-in/kite',
  summary: 'Starts a broker login; keys are needed unless the server has its own',
  signedIn: false,
  body: z.strictObject({ apiKey: ApiKey.optional(), apiSecret: ApiSecret.optional() }),
  replies: { 200: z.object({ loginUrl: z.url() }) },
})

/** A person is looking at this call: what no broker would send becomes '' and is answered like a wrong state. */
const fromBroker = z
  .string()
  .regex(/^[\x20-\x7e]{1,256}$/)
  .catch('')
  .optional()

export const finishKiteSignIn = endpoint({
  name: 'finishKiteSignIn',
  room: 'session',
  method: 'GET',
  path: '/api/sign-in/kite/callback',
  summary: 'The broker sends the browser here; redirects to the web app',
  signedIn: false,
  query: z.object({
    request_token: fromBroker,
    state: fromBroker,
    status: fromBroker,
    action: fromBroker,
  }),
  replies: { 303: null },
})

export const signInWithRequestToken = endpoint({
  name: 'signInWithRequestToken',
  room: 'session',
  method: 'POST',
  path: '/api/sign-in/kite/request-token',
  summary: 'Signs in with a pasted request token',
  signedIn: false,
  body: PastedRequestToken,
  replies: { 200: Session },
})

export const signInWithAccessToken = endpoint({
  name: 'signInWithAccessToken',
  room: 'session',
  method: 'POST',
  path: '/api/sign-in/kite/access-token',
  summary: 'Signs in with a pasted access token',
  signedIn: false,
  body: PastedAccessToken,
  replies: { 200: Session },
})

export const getSession = endpoint({
  name: 'getSession',
  room: 'session',
  method: 'GET',
  path: '/api/session',
  summary: 'Who is signed in on this device',
  replies: { 200: Session },
})

export const stepUp = endpoint({
  name: 'stepUp',
  room: 'session',
  method: 'POST',
  path: '/api/session/step-up',
  summary:
    'Starts a broker login that proves it is still you, for acts that answered reauth-required; comes back to `returnTo`',
  body: z.strictObject({ returnTo: ReturnPath.optional() }),
  replies: { 200: z.object({ loginUrl: z.url() }) },
})

export const signOut = endpoint({
  name: 'signOut',
  room: 'session',
  method: 'DELETE',
  path: '/api/session',
  summary: 'Signs this device out; runs and the broker connection go on',
  replies: { 204: null },
})
