import { hash } from 'node:crypto'

/** Where a canary was found, with what stood around it. */
export interface Finding {
  readonly where: string
  readonly canary: string
  readonly around: string
}

/** Texts of one account that nobody else may ever see, in whatever coding they come. */
export class Canaries {
  /** In every marked text of the account. */
  readonly prefix: string
  readonly #digits: string
  readonly #plain = new Set<string>()
  readonly #coded = new Map<string, string>()
  readonly #seen = new Set<string>()

  constructor(brokerId: string) {
    this.prefix = `qzcanary${brokerId}`
    this.#digits = brokerId.replaceAll(/\D/g, '')
    this.add(brokerId)
    this.add(this.prefix)
  }

  /** A marked text that tells which column it was written to. */
  text(column: string): string {
    return `${this.prefix}-${column.replaceAll(/\W/g, '-')}`
  }

  /** At most nineteen letters and digits, marked. */
  word(): string {
    return `${this.prefix}tag`.slice(0, 19)
  }

  /** A price or an amount that occurs nowhere else. */
  amount(number: number): string {
    return this.#number(`77${this.#digits}${10 + number}13.2605`)
  }

  /** A quantity that occurs nowhere else, within four bytes. */
  count(number: number): number {
    return Number(this.#number(`1${this.#digits}${10 + number}137`))
  }

  /** Makes any text of the account a canary: an id, a token. Texts of fewer than six characters are too common. */
  add(text: string): void {
    if (text.length < 6) throw new Error(`${text} is too short for a canary`)
    this.#plain.add(text.toLowerCase())
    if (text.length < 12) return
    this.#coded.set(Buffer.from(text).toString('hex'), text)
    this.#coded.set(text.split('').join('\0'), text)
    // What is left of the text's base64, whichever of the three places it begins at, once its edges are cut off.
    for (const lead of ['', '_', '__']) {
      const code = Buffer.from(lead + text).toString('base64url')
      this.#coded.set(code.slice(lead === '' ? 0 : lead.length + 1, -4), text)
    }
  }

  /** Every canary in a text, but where it stands in what the caller itself had `sent`. Looks at the same text once. */
  find(where: string, text: string, sent = ''): Finding[] {
    const heard = sent.length < 6 ? text : text.replaceAll(sent, '')
    const key = hash('sha256', heard, 'base64')
    if (this.#seen.has(key)) return []
    this.#seen.add(key)
    const lower = heard.toLowerCase()
    const base64 = heard.replaceAll('+', '-').replaceAll('/', '_')
    const found = (canary: string, at: number): Finding[] =>
      at < 0 ? [] : [{ where, canary, around: heard.slice(Math.max(0, at - 80), at + 80) }]
    return [
      ...[...this.#plain].flatMap((canary) => found(canary, lower.indexOf(canary))),
      ...[...this.#coded].flatMap(([code, canary]) => found(`${canary} as ${code}`, base64.indexOf(code))),
    ]
  }

  #number(text: string): string {
    this.#plain.add(text)
    return text
  }
}
