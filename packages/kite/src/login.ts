/**
 * The address to send a browser to for signing in at the broker. `loginUrl` is the page itself
 * (https://kite.zerodha.com/connect/login); the broker echoes `redirectParams` back to the registered redirect
 * address, so that is where our `state` travels (https://kite.trade/docs/connect/v3/user/#login-flow).
 */
export function loginUrl(options: {
  loginUrl: string
  apiKey: string
  redirectParams?: Readonly<Record<string, string>>
}): string {
  const url = new URL(options.loginUrl)
  url.searchParams.set('v', '3')
  url.searchParams.set('api_key', options.apiKey)
  const echoed = new URLSearchParams(options.redirectParams).toString()
  if (echoed !== '') url.searchParams.set('redirect_params', echoed)
  return url.href
}
