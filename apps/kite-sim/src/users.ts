/** A demo user of the simulator. */
export interface User {
  readonly id: string
  readonly name: string
  readonly shortName: string
  readonly email: string
}

/** The password of every demo user. */
export const demoPassword = 'demo'

const firstNames = ['Asha', 'Rohan', 'Meera', 'Vikram', 'Kavya', 'Arjun', 'Nisha', 'Imran', 'Leela', 'Farhan']
const lastNames = ['Kulkarni', 'Mehta', 'Iyer', 'Rao', 'Bose', 'Patil', 'Nair', 'Khan', 'Gill', 'DSouza']
const named: Readonly<Record<string, readonly [string, string]>> = {
  UK9394: ['Asha', 'Kulkarni'],
  UK1234: ['Rohan', 'Mehta'],
}

/** The users named on the login page. */
export const demoUsers = ['UK9394', 'UK1234']

/** The user of an id UK0001…UK9999, or undefined for any other text. */
export function findUser(id: string): User | undefined {
  if (!/^UK\d{4}$/.test(id) || id === 'UK0000') return undefined
  const number = Number(id.slice(2))
  const first = firstNames[number % 10] ?? ''
  const [given, family] = named[id] ?? [first, lastNames[Math.floor(number / 10) % 10] ?? '']
  return { id, name: `${given} ${family}`, shortName: given, email: `${id.toLowerCase()}@simulator.example` }
}
