/** The theme's colours as the canvas needs them: resolved, without variables. */
export interface ChartColours {
  readonly background: string
  readonly text: string
  readonly dimmed: string
  readonly line: string
  readonly accent: string
  readonly gain: string
  readonly loss: string
  readonly gainFaint: string
  readonly lossFaint: string
  readonly clear: string
}

/** Any CSS colour as `rgba(…)`, by painting one pixel with it: the chart library reads no newer notation. */
function rgba(context: CanvasRenderingContext2D, colour: string, opacity = 1): string {
  context.clearRect(0, 0, 1, 1)
  context.fillStyle = colour
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data
  return `rgba(${red}, ${green}, ${blue}, ${((alpha / 255) * opacity).toFixed(3)})`
}

/** Reads the colours in force at an element, so that a chart follows its theme. */
export function readChartColours(element: HTMLElement): ChartColours {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const probe = document.createElement('span')
  element.append(probe)
  const resolve = (variable: string, opacity?: number): string => {
    probe.style.color = `var(${variable})`
    const colour = getComputedStyle(probe).color
    // Sealed: an OffscreenCanvas context has all of the canvas methods used above.
    return context ? rgba(context as unknown as CanvasRenderingContext2D, colour, opacity) : colour
  }
  const colours = {
    background: resolve('--surface-card'),
    text: resolve('--mantine-color-text'),
    dimmed: resolve('--mantine-color-dimmed'),
    line: resolve('--line'),
    accent: resolve('--accent'),
    gain: resolve('--gain'),
    loss: resolve('--loss'),
    gainFaint: resolve('--gain', 0.16),
    lossFaint: resolve('--loss', 0.16),
    clear: 'rgba(0, 0, 0, 0)',
  }
  probe.remove()
  return colours
}
