/** Every screen behind sign-in by the name of its picture; `:run` stands for a run that has traded. */
export const screens: Readonly<Record<string, string>> = {
  dashboard: '/',
  strategies: '/strategies',
  'start-run': '/strategies/ema-crossover/start',
  runs: '/runs',
  run: '/runs/:run',
  'run-orders': '/runs/:run?tab=orders',
  'run-trades': '/runs/:run?tab=trades',
  'run-log': '/runs/:run?tab=log',
  'run-details': '/runs/:run?tab=details',
  trades: '/trades',
  positions: '/positions',
  devices: '/devices',
  'devices-sign-out': '/devices?confirm=sign-out-everywhere',
  account: '/account',
  'account-disconnect': '/account?confirm=disconnect',
  'account-activity': '/account/activity',
  'no-such-page': '/nowhere',
}

/** Every screen before it. */
export const signedOutScreens: Readonly<Record<string, string>> = {
  'sign-in': '/sign-in',
  'sign-in-refused': '/sign-in?problem=denied',
  'sign-in-paste': '/sign-in/paste',
}
