import { UnstyledButton } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Logo } from '../logo.tsx'
import { screens, screensOnPhone } from './navigation.ts'
import classes from './rail.module.css'

/** The navigation at the left: icons with words, or icons alone; which is remembered on this device. */
export function Rail() {
  const [isNarrow, setNarrow] = useLocalStorage({
    key: 'stratdesk-rail-narrow',
    defaultValue: false,
    getInitialValueInEffect: false,
  })
  const Icon = isNarrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  return (
    <nav aria-label="Screens" className={classes.rail} data-narrow={isNarrow || undefined}>
      <Link to="/" className={classes.brand} aria-label="Stratdesk, to the dashboard">
        <Logo />
        <span className={classes.word}>Stratdesk</span>
      </Link>
      <div className={classes.screens}>
        {screens.map(({ to, label, icon: ScreenIcon }) => (
          <Link
            key={to}
            to={to}
            data-tip={isNarrow ? label : undefined}
            className={classes.screen}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            aria-label={label}
          >
            <ScreenIcon size={18} stroke={1.7} aria-hidden />
            <span className={classes.word}>{label}</span>
          </Link>
        ))}
      </div>
      <UnstyledButton
        className={classes.collapse}
        aria-label={isNarrow ? 'Expand the menu' : 'Collapse the menu'}
        onClick={() => setNarrow(!isNarrow)}
      >
        <Icon size={18} stroke={1.7} aria-hidden />
        <span className={classes.word}>Collapse</span>
      </UnstyledButton>
    </nav>
  )
}

/** The navigation at the bottom of a phone. */
export function BottomBar() {
  return (
    <nav aria-label="Screens" className={classes.bottom}>
      {screensOnPhone.map(({ to, label, icon: ScreenIcon }) => (
        <Link
          key={to}
          to={to}
          className={classes.tab}
          activeOptions={{ exact: to === '/', includeSearch: false }}
        >
          <ScreenIcon size={20} stroke={1.7} aria-hidden />
          <span>{label}</span>
        </Link>
      ))}
    </nav>
  )
}
