import { ActionIcon, Kbd, UnstyledButton } from '@mantine/core'
import { useOs } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../api/session.ts'
import { Logo } from '../logo.tsx'
import { AccountMenu } from './account-menu.tsx'
import { ConnectionChip } from './connection-chip.tsx'
import classes from './header.module.css'
import { StreamMark } from './stream-mark.tsx'
import { ThemeToggle } from './theme-toggle.tsx'

/** Who is signed in, how broker and stream stand, and the ways to everything else. */
export function Header({ onOpenPalette }: { readonly onOpenPalette: () => void }) {
  const session = useSession()
  const shortcut = useOs() === 'macos' ? '⌘ K' : 'Ctrl K'
  return (
    <div className={classes.header}>
      <Link to="/" className={classes.brand} aria-label="Stratdesk, to the dashboard">
        <Logo size={24} />
      </Link>
      {session !== undefined && (
        <div className={classes.who}>
          <span className={classes.brokerId}>{session.brokerId}</span>
          <span className={classes.name}>{session.name}</span>
        </div>
      )}
      <ConnectionChip />
      <div className={classes.space} />
      <StreamMark />
      <UnstyledButton className={classes.search} onClick={onOpenPalette} aria-keyshortcuts="Meta+K Control+K">
        <IconSearch size={15} aria-hidden />
        <span>Search or jump to</span>
        <Kbd size="xs">{shortcut}</Kbd>
      </UnstyledButton>
      <ActionIcon
        className={classes.searchIcon}
        variant="subtle"
        color="gray"
        size={34}
        aria-label="Search or jump to"
        data-tip="Search or jump to"
        onClick={onOpenPalette}
      >
        <IconSearch size={18} stroke={1.7} />
      </ActionIcon>
      <ThemeToggle className={classes.theme} />
      <AccountMenu />
    </div>
  )
}
