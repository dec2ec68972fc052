/** What the servers of the journeys are told and browsers must never be. */
export const secrets = {
  SESSION_SECRET: 'the journeys sign their sessions with this',
  CREDENTIALS_KEY: 'the journeys encrypt with this',
  KITE_API_SECRET: 'demo-secret',
} as const
