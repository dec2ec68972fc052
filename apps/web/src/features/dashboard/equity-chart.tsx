import { useComputedColorScheme } from '@mantine/core'
import type { EquityPoint } from '@stratdesk/contracts/performance'
import { useEffect, useRef } from 'react'
import { readChartColours } from '../../charts/chart-colours.ts'
import classes from './equity-card.module.css'
import { EquityPlot } from './equity-plot.ts'

interface EquityChartProps {
  readonly points: readonly EquityPoint[]
  readonly height: number
}

/** The equity curve on a canvas; its words are in the figure around it. */
export function EquityChart({ points, height }: EquityChartProps) {
  const element = useRef<HTMLDivElement>(null)
  const plot = useRef<EquityPlot>(undefined)
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })

  useEffect(() => {
    if (element.current === null) return undefined
    const made = new EquityPlot(element.current, readChartColours(element.current))
    plot.current = made
    return () => {
      plot.current = undefined
      made.remove()
    }
  }, [])

  useEffect(() => {
    plot.current?.setPoints(points)
  }, [points])

  useEffect(() => {
    if (element.current !== null) plot.current?.recolour(readChartColours(element.current))
  }, [scheme])

  return <div ref={element} className={classes.chart} style={{ height }} />
}
