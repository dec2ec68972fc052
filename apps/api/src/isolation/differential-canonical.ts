import type { LightMyRequestResponse } from 'fastify'

/** What an account was answered, in a form that two servers can be compared by. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What names are drawn by chance or made from numbers over all accounts, and what is written for each. */
const named: readonly (readonly [RegExp, string])[] = [
  [/(?<="nextCursor":")[^"]+(?=")/g, 'cursor'],
  [/(?<="requestId":")[^"]+(?=")/g, 'request'],
  [/(?<="tag":")[0-9a-f]{20}(?=")/g, 'tag'],
  [/(?<="id":")[\w-]{20}(?=")/g, 'row'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'id'],
]

const instant = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g
const dayMs = 24 * 3_600_000
const compared = ['content-type', 'content-disposition', 'retry-after', 'location']

/** A redirect carries an OAuth state drawn by chance; it may stand percent-encoded within another parameter. */
const state = /(?<=\bstate(?:=|%3D|%253D))[\w.~-]+/gi

/**
 * Writes answers so that those of two servers are equal when they differ by nothing but chance: ids, cursors and
 * request ids become `id-1`, `id-2` … in the order in which this account first saw them, and instants of the
 * database's own clock become `now`. Everything else stays as it was sent.
 */
export class Canonical {
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** The canonical form of a text; names given before are kept. */
  text(text: string): string {
    let result = text
    for (const [pattern, kind] of named) result = result.replace(pattern, (name) => this.#nameOf(kind, name))
    return result.replace(instant, (time) => (Math.abs(Date.parse(time) - Date.now()) < dayMs ? 'now' : time))
  }

  /** The canonical form of an answer. */
  answer(response: LightMyRequestResponse): Answer {
    const headers = Object.fromEntries(
      compared.flatMap((name) =>
        response.headers[name] ? [[name, this.#header(String(response.headers[name]))]] : [],
      ),
    )
    const cookies = response.cookies.map(({ name, value }) => `${name}${value === '' ? ' cleared' : ''}`)
    if (cookies.length > 0) headers['set-cookie'] = cookies.join()
    return { status: response.statusCode, headers, body: this.text(response.body) }
  }

  #header(value: string): string {
    return this.text(value).replace(state, 'state')
  }

  #nameOf(kind: string, name: string): string {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const given = `${kind}-${count}`
    this.#names.set(name, given)
    return given
  }
}
