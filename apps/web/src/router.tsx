import { getConnectionKeys } from '@stratdesk/contracts/connection'
import { listDevices } from '@stratdesk/contracts/devices'
import { listPositions } from '@stratdesk/contracts/positions'
import { getRun } from '@stratdesk/contracts/runs'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { load } from './api/load.ts'
import { q } from './api/query.ts'
import { appSearch } from './api/return-problem.ts'
import { accountSearch, activitySearch } from './features/account/search.ts'
import { loadDashboard } from './features/dashboard/load.ts'
import { DashboardPage } from './features/dashboard/page.tsx'
import { dashboardSearch } from './features/dashboard/search.ts'
import { devicesSearch } from './features/devices/search.ts'
import { runSearch, runsSearch } from './features/runs/search.ts'
import { leaveSignIn, requireSession } from './features/session/guard.ts'
import { SignInPage } from './features/session/page.tsx'
import { dropEarlyAnswer } from './features/session/read-session.ts'
import { signInSearch } from './features/session/search.ts'
import { startRunSearch } from './features/strategies/search.ts'
import { tradesSearch } from './features/trades/search.ts'
import { InSteps } from './ui/in-steps.tsx'
import { NotFound, ScreenBroken, ScreenPending } from './ui/screens.tsx'
import { Frame } from './ui/frame/frame.tsx'

const root = createRootRoute()

/** Until it is known whether somebody is signed in, the page keeps the mark that it came with. */
const StillStarting = () => null

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  beforeLoad: leaveSignIn,
  pendingComponent: StillStarting,
  component: () => (
    <InSteps>
      <SignInPage />
    </InSteps>
  ),
})

const pasteSignIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/paste',
  validateSearch: signInSearch,
  beforeLoad: leaveSignIn,
  component: lazyRouteComponent(() => import('./features/session/paste-page.tsx'), 'PasteSignInPage'),
})

/** Every screen behind sign-in, inside the frame. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  validateSearch: appSearch,
  beforeLoad: requireSession,
  pendingComponent: StillStarting,
  component: () => (
    <InSteps>
      <Frame />
    </InSteps>
  ),
})

const dashboard = createRoute({
  getParentRoute: () => app,
  path: '/',
  validateSearch: dashboardSearch,
  loaderDeps: ({ search }) => ({ period: search.period }),
  loader: ({ deps }) => loadDashboard(deps.period ?? 'today'),
  component: DashboardPage,
})

const strategies = createRoute({
  getParentRoute: () => app,
  path: '/strategies',
  loader: () => load(q(listStrategies)),
  component: lazyRouteComponent(() => import('./features/strategies/page.tsx'), 'StrategiesPage'),
})

const startRun = createRoute({
  getParentRoute: () => app,
  path: '/strategies/$strategyId/start',
  validateSearch: startRunSearch,
  loader: () => load(q(listStrategies)),
  component: lazyRouteComponent(() => import('./features/strategies/start-run-page.tsx'), 'StartRunPage'),
})

const runs = createRoute({
  getParentRoute: () => app,
  path: '/runs',
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => import('./features/runs/page.tsx'), 'RunsPage'),
})

const run = createRoute({
  getParentRoute: () => app,
  path: '/runs/$runId',
  validateSearch: runSearch,
  loader: ({ params }) => load(q(getRun, { params: { id: params.runId } })),
  component: lazyRouteComponent(() => import('./features/runs/run-page.tsx'), 'RunPage'),
})

const trades = createRoute({
  getParentRoute: () => app,
  path: '/trades',
  validateSearch: tradesSearch,
  component: lazyRouteComponent(() => import('./features/trades/page.tsx'), 'TradesPage'),
})

const positions = createRoute({
  getParentRoute: () => app,
  path: '/positions',
  loader: () => load(q(listPositions)),
  component: lazyRouteComponent(() => import('./features/positions/page.tsx'), 'PositionsPage'),
})

const devices = createRoute({
  getParentRoute: () => app,
  path: '/devices',
  validateSearch: devicesSearch,
  loader: () => load(q(listDevices)),
  component: lazyRouteComponent(() => import('./features/devices/page.tsx'), 'DevicesPage'),
})

const account = createRoute({
  getParentRoute: () => app,
  path: '/account',
  validateSearch: accountSearch,
  loader: () => load(q(getConnectionKeys)),
  component: lazyRouteComponent(() => import('./features/account/page.tsx'), 'AccountPage'),
})

const activity = createRoute({
  getParentRoute: () => app,
  path: '/account/activity',
  validateSearch: activitySearch,
  component: lazyRouteComponent(() => import('./features/account/activity-page.tsx'), 'ActivityPage'),
})

/** Every address that names no screen. */
const elsewhere = createRoute({
  getParentRoute: () => root,
  path: '$',
  beforeLoad: dropEarlyAnswer,
  pendingComponent: StillStarting,
  component: NotFound,
})

const routeTree = root.addChildren([
  signIn,
  pasteSignIn,
  app.addChildren([
    dashboard,
    strategies,
    startRun,
    runs,
    run,
    trades,
    positions,
    devices,
    account,
    activity,
  ]),
  elsewhere,
])

/**
 * Every screen of the app by its URL. Links prefetch code and data when they are pointed at. Two screens are not loaded
 * apart: they are the first that anybody sees, and would be waited for twice.
 */
export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  defaultPendingComponent: ScreenPending,
  defaultErrorComponent: ScreenBroken,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
