import { demoKeys, runRequest, type WorldIds } from './world.ts'

/** What a call of a route is made of. */
export interface SweepCase {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  /** What the account itself is answered with its own ids, where that is not a success. */
  readonly ownStatus?: number
  /** Set for a GET that changes something. */
  readonly changes?: true
  /** Set for what is megabytes long and the same for everybody: read beside B and without B, and left at that. */
  readonly isLarge?: true
}

/**
 * One line for each route: how an account calls it with ids of its own. The name is the one in the OpenAPI document, or
 * `METHOD url` for a route that is not in it. The sweep does the rest: it makes this very call as A with all ids of B,
 * and with each id of B in each place of A's own call.
 */
export const cases: Readonly<Record<string, (ids: WorldIds) => SweepCase>> = {
  getSignInOptions: () => ({}),
  startKiteSignIn: () => ({ body: demoKeys }),
  signInWithRequestToken: ({ usedToken }) => ({
    body: { ...demoKeys, requestToken: usedToken },
    ownStatus: 422,
  }),
  signInWithAccessToken: ({ usedToken }) => ({
    body: { apiKey: 'demo-key', accessToken: usedToken },
    ownStatus: 422,
  }),
  getSession: () => ({}),
  stepUp: () => ({ body: { returnTo: '/runs' } }),
  listDevices: () => ({}),
  renameDevice: ({ otherDeviceId }) => ({ path: { id: otherDeviceId }, body: { label: 'Desk' } }),
  getConnection: () => ({}),
  getConnectionKeys: () => ({}),
  renewConnection: () => ({ body: { returnTo: '/connection' } }),
  listStrategies: () => ({}),
  searchInstruments: () => ({ query: { query: 'SPX', limit: '5' } }),
  startRun: ({ idempotencyKey, instrument }) => ({
    headers: { 'idempotency-key': idempotencyKey },
    body: runRequest(instrument),
  }),
  listRuns: () => ({ query: { limit: '1' } }),
  getRun: ({ endedRunId }) => ({ path: { id: endedRunId } }),
  stopRun: ({ runId, revision }) => ({
    path: { id: runId },
    headers: { 'if-match': revision },
    body: { flatten: false },
  }),
  listRunLogs: ({ endedRunId }) => ({ path: { id: endedRunId }, query: { search: 'canary', limit: '1' } }),
  listOrders: ({ endedRunId }) => ({ query: { runId: endedRunId, limit: '1' } }),
  listPositions: () => ({}),
  listTrades: ({ endedRunId, strategyId }) => ({ query: { runId: endedRunId, strategyId, limit: '1' } }),
  getTradeTotals: ({ endedRunId, strategyId }) => ({ query: { runId: endedRunId, strategyId } }),
  exportTrades: ({ endedRunId, strategyId }) => ({ query: { runId: endedRunId, strategyId } }),
  getPerformance: () => ({ query: { period: 'all' } }),
  getEquity: ({ endedRunId }) => ({ query: { runId: endedRunId, period: 'all' } }),
  listPeriodResults: () => ({ query: { points: '40' } }),
  listCandles: ({ instrument }) => ({ query: { instrument, interval: '1m' } }),
  getAbout: () => ({}),
  listAudit: ({ deviceId }) => ({ query: { deviceId, limit: '1' } }),
  streamEvents: ({ eventSeq }) => ({ headers: { 'last-event-id': eventSeq } }),
  getHealth: () => ({}),
  getReadiness: () => ({}),
  // As whoever does not sit at the server itself is answered.
  'GET /metrics': () => ({ headers: { 'x-forwarded-for': '192.0.2.1' }, ownStatus: 404 }),
  'GET /api/openapi.json': () => ({}),
  'GET /api/docs': () => ({}),
  'GET /api/docs/': () => ({}),
  'GET /api/docs/js/scalar.js': () => ({ isLarge: true }),
  'GET /index.html': () => ({}),
  'HEAD /index.html': () => ({}),
  'GET /assets/app.js': () => ({}),
  'HEAD /assets/app.js': () => ({}),
  'GET /*': ({ runId }) => ({ path: { '*': `runs/${runId}` }, headers: { accept: 'text/html' } }),
  'HEAD /*': ({ runId }) => ({ path: { '*': `runs/${runId}` }, headers: { accept: 'text/html' } }),
  // What asks whether another site may call: answered by the CORS plugin for every address.
  'OPTIONS *': () => ({ path: { '*': '/api/runs' }, headers: { 'access-control-request-method': 'POST' } }),

  // These end sessions or the connection, so they come last.
  revokeDevice: ({ otherDeviceId }) => ({ path: { id: otherDeviceId } }),
  revokeDevices: () => ({ query: { scope: 'others' } }),
  finishKiteSignIn: ({ state, requestToken }) => ({
    query: { request_token: requestToken, state, status: 'success', action: 'login' },
    changes: true,
  }),
  disconnect: () => ({ query: { confirm: 'true' } }),
  replaceConnectionKeys: () => ({ body: demoKeys }),
  removeConnectionKeys: () => ({ query: { confirm: 'true' } }),
  signOut: () => ({}),
}
