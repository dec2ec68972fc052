import { Signer } from '@fastify/cookie'
import { describe, expect, it } from 'vitest'
import { addressKey } from '../http/address-key.ts'
import { createCursors } from '../http/cursor.ts'
import { deviceLabel } from './device-label.ts'
import { RememberingSigner } from './remembering-signer.ts'

const [newer, older] = ['n'.repeat(32), 'o'.repeat(32)]

describe('the signer', () => {
  it('agrees with the plugin’s own, again and again', () => {
    const [ours, theirs] = [new RememberingSigner([newer]), new Signer(newer)]
    for (let count = 0; count < 3; count++) {
      expect(ours.sign('id')).toBe(theirs.sign('id'))
      expect(ours.unsign(theirs.sign('id'))).toEqual({ valid: true, renew: false, value: 'id' })
    }
  })

  it('signs with the first secret and takes the others, without changing the cookie it was shown', () => {
    const rotated = new RememberingSigner([newer, older])
    const cookie = new Signer(older).sign('id')
    expect(rotated.unsign(cookie)).toEqual({ valid: true, renew: true, value: 'id' })
    expect(rotated.sign('id')).toBe(cookie)
    expect(rotated.sign('another')).toBe(new Signer(newer).sign('another'))
  })

  it('takes no cookie with another signature, also after it has seen the right one', () => {
    const signer = new RememberingSigner([newer])
    const cookie = signer.sign('id')
    signer.unsign(cookie)
    for (const forged of [
      'id',
      'id.',
      `id.${'A'.repeat(43)}`,
      cookie.replace('id', 'ie'),
      `${cookie}x`,
      'x'.repeat(9999),
    ]) {
      expect(signer.unsign(forged).valid).toBe(false)
    }
  })

  it('remembers a bounded number of cookies and still knows the forgotten ones', () => {
    const signer = new RememberingSigner([newer], 10)
    const cookies = Array.from({ length: 100 }, (_, at) => new Signer(newer).sign(`id${at}`))
    for (const cookie of [...cookies, ...cookies]) expect(signer.unsign(cookie).valid).toBe(true)
  })
})

describe('the name of a row', () => {
  it('is the same each time, another for each row, list and account, and tells nothing of its number', () => {
    const { nameOf } = createCursors('secret')
    const names = [
      nameOf('UK9394', 'audit', '4711'),
      nameOf('UK9394', 'audit', '4712'),
      nameOf('UK9394', 'logs', '4711'),
      nameOf('UK1234', 'audit', '4711'),
      createCursors('other').nameOf('UK9394', 'audit', '4711'),
    ]
    expect(new Set(names).size).toBe(names.length)
    expect(nameOf('UK9394', 'audit', '4711')).toBe(names[0])
    for (const name of names) expect(name).toMatch(/^[\w-]{20}$/)
  })
})

describe('a cursor', () => {
  const cursors = createCursors('secret')
  it('gives its key back to its own account and list, and to nobody else', () => {
    const cursor = cursors.write('UK9394', 'trades', ['1', 'id'])
    expect(cursors.read('UK9394', 'trades', cursor)).toEqual(['1', 'id'])
    expect(() => cursors.read('UK1234', 'trades', cursor)).toThrow()
    expect(() => cursors.read('UK9394', 'orders', cursor)).toThrow()
    expect(() => createCursors('other').read('UK9394', 'trades', cursor)).toThrow()
    expect(
      Buffer.from(cursors.write('UK9394', 'audit', ['1', '4711']), 'base64url').toString(),
    ).not.toContain('4711')
    for (const text of ['', 'a', cursor.slice(1), `${cursor}AA`, '💥']) {
      expect(() => cursors.read('UK9394', 'trades', text)).toThrow()
    }
  })
})

describe('an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is counted as %s', (ip, key) => {
    expect(addressKey(ip)).toBe(key)
  })
})

describe('a device', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
      'Chrome on Linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0',
      'Edge on Windows',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15', 'Safari on macOS'],
    ['curl/8.1', 'curl'],
    ['', 'Unknown device'],
  ])('%s is called %s', (userAgent, label) => {
    expect(deviceLabel(userAgent)).toBe(label)
  })
})
