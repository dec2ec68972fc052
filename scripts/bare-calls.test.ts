import { expect, it } from 'vitest'
import { withoutShapes } from '../apps/web/bare-calls.ts'

const contract = `import { z } from 'zod'
import { endpoint } from './endpoint.ts'
const Thing = z.object({ id: z.string().min(1) })
export const stopThing = endpoint({
  name: 'stopThing',
  method: 'POST',
  path: '/api/things/:id/stop',
  summary: 'Stops a thing',
  signedIn: false,
  params: z.strictObject({ id: z.string() }),
  body: Thing,
  replies: { 200: Thing, 201: z.array(Thing), 202: { mediaType: 'text/csv' }, 204: null },
})
`

it('a call of the built app keeps what it is asked by, and which replies are bytes or nothing', () => {
  const [, , made = '', call = ''] = withoutShapes(contract, 'things.ts').split(/^(?=import|const|export)/m)
  expect(call.replaceAll(/\s+/g, ' ')).toBe(
    "export const stopThing = /* @__PURE__ */ endpoint({ name: 'stopThing', method: 'POST', path: '/api/things/:id/stop', " +
      "...{}, signedIn: false, ...{}, ...{}, replies: { ...{}, ...{}, 202: { mediaType: 'text/csv' }, 204: null }, }) ",
  )
  expect(made).toContain('/* @__PURE__ */ z.object({')
})

it('other code of a contract stays as it is', () => {
  const other = `export type Id = string\nexport const pattern = /^endpoint\\(/\nexport const path = { query: 1, body: 2 }\n`
  expect(withoutShapes(other, 'other.ts')).toBe(other)
})
