import { listRuns } from '@stratdesk/contracts/runs'
import { q } from './query.ts'

/** The account's runs that have not ended, newest first; at most 50 are shown at once. */
export const activeRuns = q(listRuns, { query: { status: 'active', limit: '50' } })
