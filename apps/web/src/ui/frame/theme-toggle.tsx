import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'

/** Switches between light and dark; until then the page follows the system. */
export function useThemeSwitch(): { readonly next: 'light' | 'dark'; readonly switchTheme: () => void } {
  const { setColorScheme } = useMantineColorScheme()
  const current = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const next = current === 'dark' ? 'light' : 'dark'
  return { next, switchTheme: () => setColorScheme(next) }
}

/** The header's button for it. */
export function ThemeToggle({ className }: { readonly className?: string }) {
  const { next, switchTheme } = useThemeSwitch()
  const label = `Switch to the ${next} theme`
  return (
    <ActionIcon
      className={className ?? ''}
      variant="subtle"
      color="gray"
      size={34}
      aria-label={label}
      data-tip={label}
      onClick={switchTheme}
    >
      {next === 'dark' ? <IconMoon size={18} stroke={1.7} /> : <IconSun size={18} stroke={1.7} />}
    </ActionIcon>
  )
}
