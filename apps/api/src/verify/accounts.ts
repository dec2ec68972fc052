import { fault, judged, type Line, notTried, ok, tried } from './line.ts'
import { judgeCookies } from './cookies.ts'
import { Person } from './person.ts'
import type { Site } from './site.ts'

const why = 'needs two accounts: only a simulated broker has ones for anybody to use'
const fix = 'Take the server out of service and report this: no account may reach anything of another'

/** Signs two demo users in, one of them on two devices, and looks whether they are kept apart; then signs all out. */
export async function checkAccounts(site: Site): Promise<readonly Line[]> {
  const { text } = await site.ask('/api/sign-in/options').catch(() => ({ text: '{}' }))
  const isDemo = /"demo":true/.test(text)
  if (!isDemo) {
    return ['Session cookies', 'Two users', 'Two devices'].map((check) => notTried(check, why))
  }
  const people: Person[] = []
  const signIn = async (userId: string) => {
    const person = await Person.signIn(site, userId)
    people.push(person)
    return person
  }
  try {
    const users = await tried('Two users', fix, async () =>
      keptApart(await signIn('UK9394'), await signIn('UK1234')),
    )
    const devices = await tried('Two devices', fix, async () =>
      separate(await signIn('UK9394'), await signIn('UK9394')),
    )
    const cookies = people.map(({ setCookie }) => setCookie)
    const cookie =
      cookies.length === 0
        ? fault('Session cookies', 'nobody could sign in', 'See the line of two users')
        : judgeCookies('Session cookies', cookies, site.isHttps)
    return [cookie, users, devices]
  } finally {
    await Promise.all(people.map((person) => person.signOut().catch(() => {})))
  }
}

async function keptApart(asha: Person, rohan: Person): Promise<Line> {
  const wrong: string[] = []
  const [first, second] = [await asha.session(), await rohan.session()]
  if (first.brokerId === second.brokerId) wrong.push('both are shown the same account')
  const strange = await asha.call('DELETE', `/api/devices/${second.device.id}`)
  if (strange.status !== 404) wrong.push(`one may sign the other's device out (${strange.status})`)
  if ((await rohan.call('GET', '/api/session')).status !== 200)
    wrong.push('one ended the session of the other')
  const ids = new Set([
    ...(await rohan.ids('/api/runs')),
    ...(await rohan.ids('/api/trades')),
    second.device.id,
  ])
  for (const path of ['/api/runs', '/api/trades', '/api/devices']) {
    const shared = (await asha.ids(path)).filter((id) => ids.has(id))
    if (shared.length > 0) wrong.push(`${path} shows one what is the other's`)
  }
  const [run] = await rohan.ids('/api/runs')
  if (run !== undefined && (await asha.call('GET', `/api/runs/${run}`)).status !== 404) {
    wrong.push("one is shown the other's run")
  }
  return judged('Two users', wrong, 'each is shown its own account, and cannot reach the other', fix)
}

async function separate(laptop: Person, phone: Person): Promise<Line> {
  const [first, second] = [await laptop.session(), await phone.session()]
  const wrong: string[] = []
  if (laptop.cookie === phone.cookie) wrong.push('both have the same cookie')
  if (first.device.id === second.device.id) wrong.push('both count as one device')
  await laptop.signOut()
  if ((await laptop.call('GET', '/api/session')).status !== 401)
    wrong.push('signing out did not end the session')
  if ((await phone.call('GET', '/api/session')).status !== 200) wrong.push('signing one out ended the other')
  return wrong.length === 0
    ? ok('Two devices', 'separate sessions, of which one ends without the other')
    : fault('Two devices', wrong.join('; '), fix)
}
