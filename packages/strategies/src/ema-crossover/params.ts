import { z } from 'zod'

/** Parameters of `ema-crossover`: one flat object, which is also the start form. */
export const EmaCrossoverParams = z
  .strictObject({
    instrument: z
      .string()
      .regex(/^[A-Z0-9]{2,8}:[A-Za-z0-9&_. -]{1,40}$/, 'Must be an instrument like SIM:SPX500')
      .default('SIM:SPX500')
      .meta({
        title: 'Instrument',
        description: 'What to trade, as EXCHANGE:SYMBOL',
        group: 'Market',
        widget: 'instrument',
      }),
    barUnit: z
      .enum(['ticks', 'seconds'])
      .default('ticks')
      .meta({
        title: 'Bar unit',
        description: 'Whether a bar is a number of price updates or a length of exchange time',
        group: 'Market',
        widget: 'select',
        labels: { ticks: 'Ticks', seconds: 'Seconds' },
      }),
    barLength: z.int().min(1).max(3600).default(1).meta({
      title: 'Bar length',
      description: 'Price updates or seconds in one bar',
      group: 'Market',
      widget: 'number',
    }),
    fastLength: z.int().min(2).max(200).default(3).meta({
      title: 'Fast average',
      description: 'Length of the fast moving average',
      group: 'Signal',
      unit: 'bars',
      widget: 'number',
    }),
    slowLength: z.int().min(3).max(400).default(8).meta({
      title: 'Slow average',
      description: 'Length of the slow moving average; longer than the fast one',
      group: 'Signal',
      unit: 'bars',
      widget: 'number',
    }),
    direction: z
      .enum(['long-only', 'both'])
      .default('both')
      .meta({
        title: 'Direction',
        description: 'Only buy and sell again, or also sell short',
        group: 'Signal',
        widget: 'select',
        labels: { 'long-only': 'Long only', both: 'Long and short' },
      }),
    quantity: z.int().min(1).max(1_000_000).default(10).meta({
      title: 'Quantity',
      description: 'Units of one entry; a multiple of the lot size',
      group: 'Size and exits',
      unit: 'units',
      widget: 'number',
    }),
    stopLossPct: z.number().min(0).max(50).multipleOf(0.01).default(2).meta({
      title: 'Stop-loss',
      description: 'Leaves the position when it has lost this much; 0 switches it off',
      group: 'Size and exits',
      unit: '%',
      widget: 'number',
    }),
    takeProfitPct: z.number().min(0).max(100).multipleOf(0.01).default(4).meta({
      title: 'Take-profit',
      description: 'Leaves the position when it has gained this much; 0 switches it off',
      group: 'Size and exits',
      unit: '%',
      widget: 'number',
    }),
  })
  .refine((params) => params.slowLength > params.fastLength, {
    path: ['slowLength'],
    message: 'Must be longer than the fast average',
  })
export type EmaCrossoverParams = z.infer<typeof EmaCrossoverParams>
