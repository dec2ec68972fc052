/** Whether a host is this machine, in any of loopback's names. */
export function isThisMachine(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host)
}

/** Whether a URL leads to this machine; no URL leads nowhere. */
export function isLoopback(url: string): boolean {
  return isThisMachine(URL.parse(url)?.hostname ?? '')
}
