import { createTheme, rem, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const gray: MantineColorsTuple = [
  '#fafafa',
  '#f4f4f5',
  '#e9e9ec',
  '#dddde1',
  '#cacad0',
  '#a5a5ae',
  '#7f7f89',
  '#5c5c66',
  '#3f3f47',
  '#232329',
]
const dark: MantineColorsTuple = [
  '#d6d6dc',
  '#b4b4bd',
  '#92929c',
  '#6e6e79',
  '#3c3c45',
  '#2f2f37',
  '#25252b',
  '#1a1a1f',
  '#141418',
  '#0e0e11',
]
const indigo: MantineColorsTuple = [
  '#eef0ff',
  '#dfe2ff',
  '#bfc5ff',
  '#9ba4fb',
  '#7b86f4',
  '#6470ee',
  '#5661e8',
  '#474fd0',
  '#3c43b0',
  '#333a90',
]

const red: MantineColorsTuple = [
  '#fff1ee',
  '#fddfd9',
  '#f9bdb1',
  '#f39582',
  '#ec725a',
  '#e2543a',
  '#cf3c22',
  '#c5301c',
  '#a32716',
  '#832011',
]

/** The look of the whole app: neutral greys, one indigo accent, Inter with tabular figures. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 6 },
  colors: { gray, dark, indigo, red },
  fontFamily: "'Inter Variable', 'Inter Stand-in', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, monospace",
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  defaultRadius: 'md',
  radius: { xs: rem(3), sm: rem(5), md: rem(7), lg: rem(10), xl: rem(14) },
  cursorType: 'pointer',
  autoContrast: true,
  respectReducedMotion: true,
  // Plain objects: naming the components here would load all of them with the first screen.
  components: {
    Badge: { styles: { label: { textTransform: 'none', fontWeight: 600 } } },
    SegmentedControl: {
      defaultProps: { withItemsBorders: false },
      styles: { root: { backgroundColor: 'var(--surface-hover)' } },
    },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Modal: {
      defaultProps: {
        overlayProps: { backgroundOpacity: 0.4, blur: 1 },
        radius: 'lg',
        closeButtonProps: { 'aria-label': 'Close' },
      },

      styles: { title: { fontSize: 16, fontWeight: 620 } },
    },
  },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: rem(20), lineHeight: '1.3' }, h2: { fontSize: rem(15), lineHeight: '1.4' } },
  },
})

/**
 * Colours by meaning. Gain is a bluish green and loss an orange red, apart for colour-blind eyes by hue and by
 * lightness, and both ≥ 4.5:1 on every surface; a sign goes with them always.
 */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1b1b20',
    '--mantine-color-dimmed': '#62626c',
    '--mantine-color-default-border': '#e4e4e8',
    '--surface-page': '#f8f8f9',
    '--surface-rail': '#ffffff',
    '--surface-card': '#ffffff',
    '--surface-hover': '#f2f2f4',
    '--line': '#e6e6ea',
    '--line-strong': '#cfcfd6',
    '--gain': '#067a5b',
    '--gain-soft': '#e3f5ee',
    '--loss': '#c5301c',
    '--mantine-color-error': 'var(--loss)',
    '--loss-soft': '#fdebe7',
    '--warn': '#8f5a00',
    '--warn-soft': '#fdf3dc',
    '--accent': '#474fd0',
    '--accent-soft': '#eef0ff',
  },
  dark: {
    '--mantine-color-body': '#141418',
    '--mantine-color-text': '#e8e8ec',
    '--mantine-color-dimmed': '#9c9ca7',
    '--mantine-color-default-border': '#2f2f37',
    '--surface-page': '#0e0e11',
    '--surface-rail': '#121215',
    '--surface-card': '#16161a',
    '--surface-hover': '#202026',
    '--line': '#26262c',
    '--line-strong': '#3c3c45',
    '--gain': '#3fcf9f',
    '--gain-soft': '#0f2c23',
    '--loss': '#ff8a73',
    '--mantine-color-error': 'var(--loss)',
    '--loss-soft': '#3a1913',
    '--warn': '#f0b849',
    '--warn-soft': '#33270e',
    '--accent': '#9ba4fb',
    '--accent-soft': '#1e2040',
  },
})
