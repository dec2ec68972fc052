/** What the web app's pages may do, by CSP directive. */
export type PolicyDirectives = Readonly<Record<string, string[]>>

interface PolicyPlace {
  readonly https: boolean
  /** The API's origin where it is not the web app's own. */
  readonly apiOrigin?: string
}

/**
 * The policy of the web app: nothing but its own files, and no script that is not one of them (ASVS 3.4.3). Text
 * becomes markup only through the page's own policy for that, in apps/web/src/strict-page.ts.
 *
 * Style elements may be inline, as Mantine writes the theme's into the page; style attributes in markup may not. With
 * images, fonts and connections from here alone, no style can carry anything away.
 */
export function contentSecurityPolicy({ https, apiOrigin }: PolicyPlace): PolicyDirectives {
  return {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'style-src-attr': ["'none'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'", ...(apiOrigin === undefined ? [] : [apiOrigin])],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ['default'],
    ...(https ? { 'upgrade-insecure-requests': [] } : {}),
  }
}
