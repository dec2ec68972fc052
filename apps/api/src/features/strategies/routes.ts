import { listStrategies } from '@stratdesk/contracts/strategies'
import { strategies } from '@stratdesk/strategies/catalogue'
import { z } from 'zod'
import type { RoomDeps } from '../../app-deps.ts'

/** The catalogue. It is code, so it is described once. */
export function strategyRoutes({ route }: RoomDeps): void {
  const items = strategies.map(({ id, title, summary, market, riskNote, version, params }) => {
    const { $schema: _dialect, ...paramsSchema } = z.toJSONSchema(params, { io: 'input' })
    return { id, title, summary, market, riskNote, version, paramsSchema, defaults: defaultsOf(paramsSchema) }
  })
  route(listStrategies, async () => ({ items }))
}

/** The default of each parameter that has one. */
function defaultsOf(schema: { readonly properties?: object | undefined }): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, field]: [string, unknown]) =>
      typeof field === 'object' && field !== null && 'default' in field ? [[name, field.default]] : [],
    ),
  )
}
