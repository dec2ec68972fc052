import { describe, expect, it } from 'vitest'
import { harmlessMarkup } from './strict-page.ts'

describe('text that becomes markup', () => {
  it('is let through when it makes no element', () => {
    const styles = ':root{--gain:#067a5b;}@media (max-width: 36em) {.a>.b{display:none;}}'
    expect(harmlessMarkup(styles)).toBe(styles)
  })

  it('is let through when it draws shapes and does nothing', () => {
    const mark =
      '<svg xmlns="http://www.w3.org/2000/svg" width="35"><g fill="none"><path d="M2 0H0"/></g></svg>'
    expect(harmlessMarkup(mark)).toBe(mark)
  })

  it('is refused when it could run, load or look like something else', () => {
    for (const text of [
      '<img src=x onerror=alert(1)>',
      '<svg onload="alert(1)"></svg>',
      '<svg width="1" onload="alert(1)"></svg>',
      '<svg><script>alert(1)</script></svg>',
      '<svg><a href="javascript:alert(1)"></a></svg>',
      '<svg><use href="https://elsewhere.example/x.svg#a"/></svg>',
      '<svg d="">text</svg>',
      '<svg d="a"onload="b">',
      '<p>hello</p>',
      '</style><script>alert(1)</script>',
    ])
      expect([text, harmlessMarkup(text)]).toEqual([text, null])
  })
})
