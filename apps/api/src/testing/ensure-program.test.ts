import { expect, it } from 'vitest'
import { ensureProgram } from './ensure-program.ts'

it('takes a program from PATH, installs it where it may, and else says the command', () => {
  const installed: string[] = []
  const install = (name: string) => void installed.push(name)
  const find = (name: string) => (installed.includes(name) ? `/usr/bin/${name}` : undefined)
  expect(ensureProgram('openssl', { find: () => '/opt/openssl', install })).toBe('/opt/openssl')
  expect(() => ensureProgram('openssl', { find, mayInstall: () => false, install })).toThrow(
    'The tests need openssl on PATH. On Debian: sudo apt-get install -y openssl',
  )
  expect(installed).toEqual([])
  expect(ensureProgram('openssl', { find, mayInstall: () => true, install })).toBe('/usr/bin/openssl')
  expect(() =>
    ensureProgram('redis-server', { find: () => undefined, mayInstall: () => true, install }),
  ).toThrow(/still not on PATH/)
})
