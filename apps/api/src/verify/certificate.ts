import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import { codeOf, fault, type Line } from './line.ts'

const renewFix =
  'See in the log of the proxy why it renews no certificate: for Caddy the name must lead to this server and port 80 be open'
const nameFix = 'Give the address that the certificate is for, or let the proxy get one for this name'
const authorityFix =
  'Let the proxy have a certificate of a public authority and send all of its chain; of an authority of your own, name the file: NODE_EXTRA_CA_CERTS=authority.pem'

/** Codes of OpenSSL and Node, what they mean, and what to do. */
const meanings: Readonly<Record<string, readonly [saw: string, fix: string]>> = {
  CERT_HAS_EXPIRED: ['the certificate has expired', renewFix],
  CERT_NOT_YET_VALID: ['the certificate is not valid yet', 'Let NTP set the time on both machines'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['the certificate is for another name', nameFix],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['the certificate is signed by nobody but itself', authorityFix],
  SELF_SIGNED_CERT_IN_CHAIN: ['the certificate is of an authority that nobody knows', authorityFix],
  UNABLE_TO_GET_ISSUER_CERT: ['the certificate is of an authority that nobody knows', authorityFix],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['the certificate is of an authority that nobody knows', authorityFix],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['the certificate is of an authority that nobody knows', authorityFix],
}

/** The fault of a certificate that was not accepted; undefined when the call failed for something else. */
export function certificateFault(check: string, error: unknown): Line | undefined {
  const meaning = meanings[codeOf(error) ?? '']
  return meaning && fault(check, ...meaning)
}

/** A certificate of which no more is left has to have been renewed; Caddy does it when a third is left. */
const shareLeftMin = 0.1
const answerMs = 5000

/** A fault when the certificate at this address, which is valid, runs out although it should have been renewed. */
export async function expiryFault(check: string, url: URL, now: number): Promise<Line | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const name = isIP(host) === 0 ? { servername: host } : {}
  const socket = connect({ host, port: Number(url.port || 443), timeout: answerMs, ...name })
  socket.once('timeout', () => socket.destroy(new Error(`no TLS within ${answerMs / 1000} s`)))
  try {
    await once(socket, 'secureConnect')
    const { valid_from: from, valid_to: to } = socket.getPeerCertificate()
    const [begins, ends] = [Date.parse(from), Date.parse(to)]
    if ((ends - now) / (ends - begins) >= shareLeftMin) return undefined
    return fault(check, `the certificate runs out at ${new Date(ends).toISOString()}`, renewFix)
  } finally {
    socket.destroy()
  }
}
