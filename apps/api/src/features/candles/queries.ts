import type { BrokerScope } from '@stratdesk/data/scope'
import { strategies } from '@stratdesk/strategies/catalogue'
import { z } from 'zod'

/** The names under which strategies keep the instruments they trade. */
const instrumentFields: readonly string[] = [...new Set(strategies.flatMap(({ params }) => fieldsOf(params)))]

function fieldsOf(params: z.ZodType): string[] {
  const { properties = {} } = z.toJSONSchema(params, { io: 'input' })
  return Object.entries(properties).flatMap(([name, field]: [string, unknown]) =>
    typeof field === 'object' && field !== null && 'widget' in field && field.widget === 'instrument'
      ? [name]
      : [],
  )
}

/** Whether a run of the account, of whatever age, trades an instrument. */
export async function hasRunOf(scope: BrokerScope, instrument: string): Promise<boolean> {
  const run = await scope
    .read('runs')
    .selectFrom('runs')
    .select('id')
    .where((eb) => eb.or(instrumentFields.map((name) => eb('params', '@>', { [name]: instrument }))))
    .limit(1)
    .executeTakeFirst()
  return run !== undefined
}
