import { z } from 'zod'

/*
 * What the page needs to live under its Content-Security-Policy. It is imported before everything else: zod looks
 * once whether it may make code of text, and the first text to become markup is the theme's.
 */
z.config({ jitless: true })

const drawing =
  /^(?:<\/?(?:svg|g|path|defs|clipPath)(?: (?:xmlns|width|height|fill|fill-rule|clip-path|clip-rule|d|id)="[^"<>]*")*\/?>)+$/

/** Text that makes no element, as the theme's styles are, or only shapes, as the chart's maker's mark is. */
export function harmlessMarkup(text: string): string | null {
  return !text.includes('<') || drawing.test(text) ? text : null
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string | null }): unknown
}

declare global {
  // oxlint-disable-next-line no-var -- what the browser puts onto the global object is declared so.
  var trustedTypes: PolicyFactory | undefined
}

// Trusted Types (W3C): all other text that a library would make into markup or code is refused by the browser.
globalThis.trustedTypes?.createPolicy('default', { createHTML: harmlessMarkup })
