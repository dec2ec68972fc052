import type { EquityPoint } from '@stratdesk/contracts/performance'
import { signOf } from '../../lib/money.ts'
import classes from './page.module.css'

const width = 100
const height = 30

/** The shape of a period's equity curve, without axes; the numbers beside it say the rest. */
export function Sparkline({ points }: { readonly points: readonly EquityPoint[] }) {
  if (points.length < 2) {
    return (
      <svg
        className={classes.spark}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        aria-hidden
      >
        <path
          d={`M0 ${height - 1}H${width}`}
          stroke="var(--line)"
          strokeWidth="1"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
    )
  }
  const sign = signOf(points.at(-1)?.net ?? '0')
  const colour = sign > 0 ? 'var(--gain)' : sign < 0 ? 'var(--loss)' : 'var(--mantine-color-dimmed)'
  const line = sparkPath(points.map(({ net }) => Number(net)))
  return (
    <svg className={classes.spark} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
      <path d={`${line}V${height}H0Z`} fill={colour} opacity="0.1" />
      <path d={line} fill="none" stroke={colour} strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

/** The path of a curve from the left edge to the right, its lowest value at the bottom. */
export function sparkPath(values: readonly number[]): string {
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  const step = width / (values.length - 1)
  const points = values.map((value, index) => {
    const y = 1 + (height - 3) * (1 - (value - low) / span)
    return `${(index * step).toFixed(2)} ${y.toFixed(2)}`
  })
  return `M${points.join('L')}`
}
