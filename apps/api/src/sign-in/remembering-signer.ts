import { Signer } from '@fastify/cookie'

interface Verdict {
  readonly valid: boolean
  readonly renew: boolean
  readonly value: string | null
}

const invalid: Verdict = { valid: false, renew: false, value: null }
const valueMax = 256

/**
 * Signs cookies and remembers those it has verified, so that a device's HMAC is computed once, not twice a request.
 * Only valid cookies are remembered, at most `max`; the first secret signs, every secret verifies.
 */
export class RememberingSigner {
  readonly #signer: Signer
  readonly #verified = new Map<string, Verdict>()
  readonly #signed = new Map<string, string>()
  readonly #max: number

  constructor(secrets: readonly string[], max = 20_000) {
    this.#signer = new Signer([...secrets])
    this.#max = max
  }

  sign(value: string): string {
    return this.#signed.get(value) ?? this.#signer.sign(value)
  }

  unsign(signed: string): Verdict {
    const known = this.#verified.get(signed)
    if (known) return known
    if (signed.length > valueMax) return invalid
    const verdict = this.#signer.unsign(signed)
    if (verdict.valid && verdict.value !== null) this.#remember(signed, verdict, verdict.value)
    return verdict
  }

  #remember(signed: string, verdict: Verdict, value: string): void {
    if (this.#verified.size >= this.#max) {
      this.#verified.clear()
      this.#signed.clear()
    }
    this.#verified.set(signed, verdict)
    // A cookie signed with an older secret keeps its text, or the session plugin would take it for another session.
    this.#signed.set(value, signed)
  }
}
