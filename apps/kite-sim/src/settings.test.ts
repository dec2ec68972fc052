import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('without settings it is in real time on port 4010, for the API on its own port', () => {
  expect(readSettings({ KITE_SIM_PORT: '' })).toEqual({
    port: 4010,
    seed: 'stratdesk',
    redirectUrl: 'http://localhost:8080/api/sign-in/kite/callback',
    speed: 1,
  })
})

test('every setting is read', () => {
  const settings = readSettings({
    KITE_SIM_PORT: '0',
    KITE_SIM_SEED: 'mine',
    KITE_SIM_REDIRECT_URL: 'https://desk.example/back',
    KITE_SIM_SPEED: '0.5',
    KITE_SIM_START: '2026-11-23T10:30:00+05:30',
  })
  expect(settings).toEqual({
    port: 0,
    seed: 'mine',
    redirectUrl: 'https://desk.example/back',
    speed: 0.5,
    start: '2026-11-23T05:00:00Z',
  })
})

test.each([
  ['KITE_SIM_PORT', '70000'],
  ['KITE_SIM_PORT', 'http'],
  ['KITE_SIM_SPEED', '-1'],
  ['KITE_SIM_SPEED', '1e9'],
  ['KITE_SIM_START', 'yesterday'],
  ['KITE_SIM_REDIRECT_URL', 'javascript:alert(1)'],
])('%s=%s is refused by name', (name, value) => {
  expect(readSettings({ [name]: value })).toBe(`kite-sim: ${name} cannot be "${value}"`)
})
