import type { TickMode } from './tick.ts'

/** A message to the ticker, ready to be sent. */
export type TickerCommand =
  | { readonly a: 'subscribe' | 'unsubscribe'; readonly v: readonly number[] }
  | { readonly a: 'mode'; readonly v: readonly [TickMode, readonly number[]] }

const instrumentsMax = 3_000

/** What one ticker wants to hear, kept so that it can be asked for again after every reconnect. */
export class Subscriptions {
  readonly #modes = new Map<number, TickMode>()

  /** Notes the wish and gives the commands for what changes. Throws RangeError over Kite's 3000 instruments a connection. */
  add(tokens: readonly number[], mode: TickMode): readonly TickerCommand[] {
    const changed = [...new Set(tokens)].filter((token) => this.#modes.get(token) !== mode)
    const fresh = changed.filter((token) => !this.#modes.has(token))
    if (this.#modes.size + fresh.length > instrumentsMax) {
      throw new RangeError(`A ticker carries at most ${instrumentsMax} instruments`)
    }
    for (const token of changed) this.#modes.set(token, mode)
    return [...commandFor('subscribe', fresh), ...modeCommands(mode, changed)]
  }

  /** Forgets the wish and gives the command to say so. */
  remove(tokens: readonly number[]): readonly TickerCommand[] {
    return commandFor(
      'unsubscribe',
      tokens.filter((token) => this.#modes.delete(token)),
    )
  }

  /** Everything again, for a new connection. */
  all(): readonly TickerCommand[] {
    const byMode = Map.groupBy(this.#modes.keys(), (token) => this.#modes.get(token) ?? 'quote')
    const modes = [...byMode].flatMap(([mode, tokens]) => modeCommands(mode, tokens))
    return [...commandFor('subscribe', [...this.#modes.keys()]), ...modes]
  }
}

function commandFor(a: 'subscribe' | 'unsubscribe', v: readonly number[]): readonly TickerCommand[] {
  return v.length === 0 ? [] : [{ a, v }]
}

function modeCommands(mode: TickMode, tokens: readonly number[]): readonly TickerCommand[] {
  return tokens.length === 0 ? [] : [{ a: 'mode', v: [mode, tokens] }]
}
