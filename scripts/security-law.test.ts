import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8')
const document = read('docs/security.md')

/** A test of a check as `file: name`; its name begins with the number of the check. */
function testsOfChecks(): readonly string[] {
  const files = globSync('{apps,packages,e2e,scripts}/**/*.{test,conformance}.{ts,tsx}', {
    cwd: root,
    // This file's own examples are none.
    exclude: ['**/node_modules/**', '**/dist/**', 'scripts/security-law.test.ts'],
  })
  return files.flatMap((file) => namesIn(read(file)).map((name) => `${file}: ${name}`))
}

/** The names in a test file's text that begin with the number of a check. Throws for one that would not be run. */
function namesIn(text: string): readonly string[] {
  const calls = text.matchAll(/([\w.]*)\(\s*(['"`])(S\d{1,2}:? \S(?:\\.|(?!\2).)*)\2\s*,/g)
  return [...calls].flatMap(([, callee = '', , name = '']) => {
    if (callee.startsWith('describe')) return []
    if (/\.(skip|todo|fixme|only|fails)\b/.test(callee)) throw new Error(`${callee}: ${name} is not run`)
    return [name.replaceAll(/\\(.)/g, '$1')]
  })
}

/** The sections of the checks: their number and the tests they list, as `file: name`. */
function sections() {
  const [, ...parts] = document.split(/^### (?=S\d)/m)
  return parts.map((part) => {
    const [title = ''] = part.split('\n', 1)
    const body = part.split(/^#{2,3} /m)[0] ?? ''
    const listed = [...body.matchAll(/^- `(.+)` \(\[[^\]]+\]\(\.\.\/([^)]+)\)\)$/gm)]
    return {
      number: /^S\d+(?= )/.exec(title)?.[0] ?? title,
      tests: listed.map(([, name, file]) => `${file}: ${name}`),
      lines: body.split('\n').filter((line) => line.startsWith('- ')).length,
    }
  })
}

describe('docs/security.md', () => {
  it('has every check once, in its order, each with at least one test of its number', () => {
    const found = sections()
    const expected = Array.from({ length: 42 }, (_, index) => `S${index + 1}`)
    expect(found.map(({ number }) => number)).toEqual(expected)
    for (const { number, tests, lines } of found) {
      expect([number, tests.length > 0, tests.length]).toEqual([number, true, lines])
      const ofNumber = new RegExp(`^[^:]+: ${number}:? `)
      expect(tests.filter((test) => !ofNumber.test(test))).toEqual([])
    }
  })

  it('names exactly the tests there are: none that is gone, and none is left out', () => {
    const listed = sections().flatMap(({ tests }) => tests)
    expect(listed.toSorted()).toEqual([...new Set(testsOfChecks())].toSorted())
  })

  it('links to files that exist', () => {
    const links = [...document.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(42)
    for (const link of links) expect(() => read(`docs/${link}`), link).not.toThrow()
  })
})

describe('the names of checks', () => {
  it('are found however the test is written', () => {
    const text = [
      "it('S1 one', async () => {})",
      'test("S2: two", everywhere, async () => {})',
      "it.each(faults)(\n    'S3 three: $what',\n    () => {})",
      "it('S4 isn\\'t four', () => {})",
      "describe('S5 five', () => {})",
      "it('St6 no', () => {})",
    ].join('\n')
    expect(namesIn(text)).toEqual(['S1 one', 'S2: two', 'S3 three: $what', "S4 isn't four"])
    expect(() => namesIn("it.skip('S7 seven', () => {})")).toThrow('is not run')
  })
})
