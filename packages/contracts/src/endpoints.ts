import { getAbout } from './about.ts'
import { listAudit } from './audit.ts'
import { listCandles } from './candles.ts'
import {
  disconnect,
  getConnection,
  getConnectionKeys,
  removeConnectionKeys,
  renewConnection,
  replaceConnectionKeys,
} from './connection.ts'
import { listDevices, renameDevice, revokeDevice, revokeDevices } from './devices.ts'
import type { Endpoint } from './endpoint.ts'
import { streamEvents } from './events.ts'
import { getHealth, getReadiness } from './health.ts'
import { searchInstruments } from './instruments.ts'
import { listOrders } from './orders.ts'
import { getEquity, getPerformance, listPeriodResults } from './performance.ts'
import { listPositions } from './positions.ts'
import { getRun, listRunLogs, listRuns, startRun, stopRun } from './runs.ts'
import {
  finishKiteSignIn,
  getSession,
  getSignInOptions,
  signInWithAccessToken,
  signInWithRequestToken,
  signOut,
  startKiteSignIn,
  stepUp,
} from './session.ts'
import { listStrategies } from './strategies.ts'
import { exportTrades, getTradeTotals, listTrades } from './trades.ts'

/** Every call the API answers, in the order of its documentation. */
export const endpoints: readonly Endpoint[] = [
  getSignInOptions,
  startKiteSignIn,
  finishKiteSignIn,
  signInWithRequestToken,
  signInWithAccessToken,
  getSession,
  stepUp,
  signOut,
  listDevices,
  renameDevice,
  revokeDevice,
  revokeDevices,
  getConnection,
  renewConnection,
  disconnect,
  getConnectionKeys,
  replaceConnectionKeys,
  removeConnectionKeys,
  listStrategies,
  searchInstruments,
  startRun,
  listRuns,
  getRun,
  stopRun,
  listRunLogs,
  listOrders,
  listPositions,
  listTrades,
  getTradeTotals,
  exportTrades,
  getPerformance,
  getEquity,
  listPeriodResults,
  listCandles,
  listAudit,
  streamEvents,
  getAbout,
  getHealth,
  getReadiness,
]
