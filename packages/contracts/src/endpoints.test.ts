import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoints } from './endpoints.ts'

const isSchema = (part: unknown): part is z.ZodType => part instanceof z.ZodType

describe('endpoints', () => {
  it('have names and method-and-path pairs that are each used once', () => {
    expect(new Set(endpoints.map((call) => call.name)).size).toBe(endpoints.length)
    expect(new Set(endpoints.map((call) => `${call.method} ${call.path}`)).size).toBe(endpoints.length)
  })

  it('can each be described as JSON Schema', () => {
    for (const call of endpoints) {
      const parts = [call.params, call.query, call.headers, call.body, ...Object.values(call.replies)]
      for (const part of parts.filter(isSchema)) expect(() => z.toJSONSchema(part), call.name).not.toThrow()
    }
  })

  it('refuse unknown fields in every body and every query but the broker’s own callback', () => {
    for (const call of endpoints) {
      if (call.name === 'finishKiteSignIn') continue
      for (const part of [call.query, call.body].filter(isSchema)) {
        const result = part.safeParse({ 'no-such-field': '1' })
        const codes = result.error?.issues.map((issue) => issue.code)
        expect(codes, call.name).toContain('unrecognized_keys')
      }
    }
  })

  it('never name a broker_id in what a caller sends', () => {
    for (const call of endpoints) {
      for (const part of [call.params, call.query, call.headers, call.body].filter(isSchema)) {
        expect(JSON.stringify(z.toJSONSchema(part)), call.name).not.toMatch(/broker_?id/i)
      }
    }
  })

  it('name each path parameter they use', () => {
    for (const call of endpoints) {
      const inPath = [...call.path.matchAll(/:(\w+)/g)].map((match) => match[1])
      expect(Object.keys(call.params?.shape ?? {}), call.name).toEqual(inPath)
    }
  })
})
