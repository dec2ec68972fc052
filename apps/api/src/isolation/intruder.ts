import type pg from 'pg'
import type { TestServer } from '../testing/server.ts'
import { type Answer, callRoute, comparable, comparableChange } from './answer.ts'
import { type Finding } from './canary.ts'
import { cases, type SweepCase } from './cases.ts'
import { excerpts } from './excerpts.ts'
import type { ForeignIds } from './foreign-ids.ts'
import { requireSuccess } from './own-calls.ts'
import { isInstrument, isUuid, shapeOf, strangerTo } from './strangers.ts'
import { type Place, placesOf, type SweptRoute, withPlace } from './sweep-routes.ts'
import { deviceOf, type World, type WorldIds } from './world.ts'

interface IntruderOptions {
  readonly server: TestServer
  readonly owner: pg.Client
  readonly a: World
  readonly b: World
  readonly ids: ForeignIds
}

/** What names a thing of B, and what nobody has. */
interface Pair {
  readonly foreign: string
  readonly stranger: string
}

/** A, who calls with ids of B, and listens for any difference. */
export class Intruder {
  readonly differences: string[] = []
  readonly findings: Finding[] = []
  requests = 0
  readonly #options: IntruderOptions
  readonly #foreign: ReadonlySet<string>
  readonly #strangerIds: WorldIds
  /** What strangers are answered by a call that changes nothing, by place and shape. */
  readonly #known = new Map<string, Promise<string>>()

  constructor(options: IntruderOptions) {
    this.#options = options
    const { b, ids } = options
    this.#foreign = new Set(ids.uuids)
    for (const id of ids.uuids) b.canaries.add(id)
    const strangers = Object.entries(b.ids).map(([name, id]) => [name, strangerTo(id)])
    // A revision and an instrument name nothing of an account: a stranger's may well be the same.
    const { revision, instrument } = b.ids
    this.#strangerIds = { ...b.ids, ...Object.fromEntries(strangers), revision, instrument }
  }

  /** Calls a route with ids of its own, then as if it were B, then with each id of B in each place. */
  async attack(route: SweptRoute): Promise<void> {
    const { a, b, ids: known } = this.#options
    const caseOf = (of: WorldIds): SweepCase => cases[route.name]?.(of) ?? {}
    requireSuccess(route, await this.#call(route, caseOf(a.ids)), caseOf(a.ids).ownStatus)
    await this.#tidy(route)
    if (caseOf(a.ids).isLarge) return

    const whole = { foreign: caseOf(b.ids), stranger: caseOf(this.#strangerIds) }
    if (JSON.stringify(whole.foreign) !== JSON.stringify(whole.stranger)) await this.#whole(route, whole)

    const places = placesOf(route, caseOf(a.ids))
    for (const place of places.named) {
      await this.#tryEach(route, place, this.#idsFor(place))
    }
    for (const place of places.unexpected) {
      const ids = place.name === 'id' ? [b.brokerId, b.ids.deviceId, b.ids.runId] : [b.brokerId]
      await this.#tryEach(route, place, ids)
    }
    const cursor = known.cursors.get(route.name)
    if (cursor === undefined) return
    const call = withPlace(caseOf(a.ids), { in: 'query', name: 'cursor' }, cursor)
    const { status } = await this.#call(route, call, cursor)
    if (status !== 400) this.differences.push(`${route.name} took B's cursor: ${status}`)
  }

  /** Compares what was read at one time with what was read at another. */
  compare(when: string, first: ReadonlyMap<string, string>, second: ReadonlyMap<string, string>): void {
    for (const [name, text] of first) {
      const other = second.get(name) ?? ''
      if (other !== text) this.differences.push(`${name} ${when}: ${excerpts(text, other)}`)
      this.findings.push(...this.#options.b.canaries.find(`${name} ${when}`, other))
    }
  }

  async #whole(route: SweptRoute, calls: { foreign: SweepCase; stranger: SweepCase }): Promise<void> {
    const answers = []
    for (const call of [calls.foreign, calls.stranger]) {
      const sent = Object.values(call.path ?? {})[0] ?? '\0'
      answers.push(this.#text(route, await this.#call(route, call, sent), sent))
      await this.#tidy(route)
    }
    const [foreign = '', stranger = ''] = answers
    if (foreign !== stranger) {
      this.differences.push(`${route.name} as if it were B: ${excerpts(foreign, stranger)}`)
    }
  }

  /** Four at a time where nothing changes; a device has so many streams only, so those go one by one too. */
  async #tryEach(route: SweptRoute, place: Place, ids: readonly string[]): Promise<void> {
    const left = ids.values()
    const ways = this.#changesNothing(route) && !route.isStream ? 4 : 1
    const tryAll = async () => {
      for (const id of left) await this.#tryPlace(route, place, id)
    }
    await Promise.all(Array.from({ length: ways }, tryAll))
  }

  async #tryPlace(route: SweptRoute, place: Place, id: string): Promise<void> {
    const pair: Pair = { foreign: id, stranger: strangerTo(id) }
    const foreign = await this.#answer(route, place, pair.foreign)
    const stranger = await this.#strangerAnswer(route, place, pair)
    if (foreign === stranger) return
    const where = `${route.name} ${place.in} ${place.name} = ${id}`
    this.differences.push(`${where}: ${excerpts(foreign, stranger)}`)
  }

  async #strangerAnswer(route: SweptRoute, place: Place, { foreign, stranger }: Pair): Promise<string> {
    if (!this.#changesNothing(route)) return await this.#answer(route, place, stranger)
    const key = `${route.name} ${place.in} ${place.name} ${shapeOf(foreign)}`
    const known = this.#known.get(key) ?? this.#answer(route, place, stranger)
    this.#known.set(key, known)
    return await known
  }

  async #answer(route: SweptRoute, place: Place, id: string): Promise<string> {
    const own = cases[route.name]?.(this.#options.a.ids) ?? {}
    const value = place.name === 'authorization' ? `Bearer ${id}` : id
    const answer = await this.#call(route, withPlace(own, place, value), id)
    await this.#tidy(route)
    return this.#text(route, answer, id)
  }

  async #call(route: SweptRoute, call: SweepCase, sent = ''): Promise<Answer> {
    const { server, a, b } = this.#options
    if (!a.browser.cookies.has('session')) {
      await a.browser.signIn(a.brokerId)
      a.ids.deviceId = await deviceOf(a.browser)
    }
    this.requests += 1
    const answer = await callRoute(server, a.browser, route, call)
    if (answer.status === 401 || answer.status >= 500) {
      throw new Error(`${route.name} answered ${answer.status}, which compares nothing: ${answer.body}`)
    }
    const heard = `${JSON.stringify(answer.headers)}\n${answer.body}`
    this.findings.push(...b.canaries.find(`${route.name} ${JSON.stringify(call)}`, heard, sent))
    return answer
  }

  #text(route: SweptRoute, answer: Answer, sent: string): string {
    if (this.#changesNothing(route)) return comparable(answer)
    const text = comparableChange(answer, sent, (id) => this.#foreign.has(id))
    return isInstrument(sent) ? text.replaceAll(sent.split(':')[1] ?? '', '<symbol>') : text
  }

  #changesNothing(route: SweptRoute): boolean {
    return route.method === 'GET' && !cases[route.name]?.(this.#options.a.ids).changes
  }

  /** Takes away the runs that A has begun meanwhile, of which an account can have so many only. */
  async #tidy(route: SweptRoute): Promise<void> {
    if (route.method !== 'POST') return
    const { owner, a } = this.#options
    await owner.query('delete from runs where broker_id = $1 and not (id = any($2))', [
      a.brokerId,
      [a.ids.runId, a.ids.endedRunId],
    ])
  }

  /**
   * Where an id is expected every UUID of B is tried, elsewhere one id of each kind, or of each shape. The instrument list is public, so
   * an instrument is tried only where it chooses what of the account is shown.
   */
  #idsFor(place: Place): readonly string[] {
    const { uuids, kinds } = this.#options.ids
    const isOfPlace = (id: string) => !isInstrument(id) || place.name.endsWith('instrument')
    const one = [...new Set(kinds.values())].filter(isOfPlace)
    if (place.isClosed) return [...new Map(one.map((id) => [shapeOf(id), id])).values()]
    const takesIds = place.in === 'path' || /id$/i.test(place.name)
    return takesIds ? [...uuids, ...one.filter((id) => !isUuid(id))] : one
  }
}
