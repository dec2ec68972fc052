import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { formatIst, istDay, nextTokenDeath, parseIst } from './time.ts'

test.each(['Asia/Kolkata', 'UTC', 'America/New_York', 'Pacific/Kiritimati'])(
  'on a host in %s Kite times mean Indian time',
  (TZ) => {
    const module = JSON.stringify(new URL('./time.ts', import.meta.url).href)
    const script = `
    const { parseIst, formatIst, nextTokenDeath } = await import(${module})
    const at = parseIst('2026-03-08 02:30:00')
    console.log([at.toISOString(), formatIst(at), nextTokenDeath(at).toISOString(), new Date(0).getTimezoneOffset()].join())`
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TZ },
    })
    const offset = { 'Asia/Kolkata': -330, UTC: 0, 'America/New_York': 300, 'Pacific/Kiritimati': 640 }[TZ]
    expect(out.toString().trim()).toBe(
      `2026-03-07T21:00:00.000Z,2026-03-08 02:30:00,2026-03-08T00:30:00.000Z,${offset}`,
    )
  },
)

test('a text that is not a Kite time is refused', () => {
  for (const text of [
    '',
    '2026-02-30 10:00:00',
    '2026-01-01T10:00:00',
    '2026-01-01 10:00',
    '2026-01-01 25:00:00',
    'now',
  ]) {
    expect(() => parseIst(text)).toThrow(RangeError)
  }
})

test('a token dies at the next six in the morning in India, never now', () => {
  const death = (text: string) => formatIst(nextTokenDeath(parseIst(text)))
  expect(death('2026-11-23 05:59:59')).toBe('2026-11-23 06:00:00')
  expect(death('2026-11-23 06:00:00')).toBe('2026-11-24 06:00:00')
  expect(death('2026-12-31 23:59:59')).toBe('2027-01-01 06:00:00')
  expect(nextTokenDeath(new Date('2026-11-23T00:29:59.999Z')).toISOString()).toBe('2026-11-23T00:30:00.000Z')
})

test('the trading day turns at midnight in India', () => {
  expect(istDay(new Date('2026-11-22T18:29:59.999Z'))).toBe('2026-11-22')
  expect(istDay(new Date('2026-11-22T18:30:00Z'))).toBe('2026-11-23')
})
