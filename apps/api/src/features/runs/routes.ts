import { getRun, listRunLogs, listRuns, startRun, stopRun } from '@stratdesk/contracts/runs'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { RoomDeps } from '../../app-deps.ts'
import { isId } from '../../http/ids.ts'
import { readPage } from '../../http/paging.ts'
import { notFound } from '../../http/problem.ts'
import { isRun, latestLogs, latestRuns, oneRun } from './queries.ts'
import { runView } from './run-view.ts'
import { checkRun, insertRun } from './start-run.ts'
import { requestStop } from './stop-run.ts'

/** Runs: what is wanted is written here; the account's actor makes it so. */
export function runRoutes({ route, market, cursors, accountRequests, now }: RoomDeps): void {
  route(startRun, async ({ body, headers, device, scope }) => {
    const wanted = await checkRun(body, market)
    // Before the run is there, so that no crash in between leaves a run that nobody looks after.
    await accountRequests.request(scope.brokerId)
    return await viewOf(scope, await insertRun(scope, device, headers['idempotency-key'], wanted))
  })

  route(listRuns, async ({ query, scope }) => {
    const list = { name: 'runs', cursors, scope }
    const page = await readPage(
      list,
      query,
      (request) => scope.run(latestRuns, request, { status: query.status }),
      (row) => ({ time: row.createdAt, id: row.id }),
    )
    return { ...page, items: page.items.map(runView) }
  })

  route(getRun, async ({ params, scope }) => await viewOf(scope, params.id))

  route(stopRun, async ({ params, headers, body, device, scope }) => {
    if (!isId(params.id)) throw notFound()
    const revision = Number(headers['if-match'].replaceAll('"', ''))
    await requestStop(scope, device, params.id, { revision, flatten: body.flatten, now: now() })
    return await viewOf(scope, params.id)
  })

  route(listRunLogs, async ({ params, query, scope }) => {
    if (!isId(params.id) || !(await isRun(scope, params.id))) throw notFound()
    const name = `runs/${params.id}/logs`
    const { items, nextCursor } = await readPage(
      { name, cursors, scope },
      query,
      ({ limit, id: before }) => latestLogs(scope, params.id, { ...query, before }, limit),
      (row) => row,
    )
    const named = items.map((row) => ({ ...row, id: cursors.nameOf(scope.brokerId, name, row.id) }))
    return { items: named, nextCursor }
  })
}

async function viewOf(scope: BrokerScope, id: string) {
  const row = isId(id) ? await oneRun(scope, id) : undefined
  if (!row) throw notFound()
  return runView(row)
}
