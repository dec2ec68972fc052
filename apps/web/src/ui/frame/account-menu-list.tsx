import { Menu } from '@mantine/core'
import { IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSession, useSignOut } from '../../api/session.ts'
import { notifyFailure } from '../notify-failure.ts'
import classes from './account-menu.module.css'
import { screensInMenu } from './navigation.ts'
import { AccountButton } from './account-button.tsx'
import { useThemeSwitch } from './theme-toggle.tsx'

/** The opened menu of whoever is signed in: their devices, their account, the theme, and the way out. */
export function AccountMenuList() {
  const session = useSession()
  const signOut = useSignOut()
  const { next, switchTheme } = useThemeSwitch()
  if (session === undefined) return null
  return (
    <Menu
      defaultOpened
      withInitialFocusPlaceholder={false}
      position="bottom-end"
      width={232}
      shadow="md"
      withinPortal
    >
      <Menu.Target>
        <AccountButton name={session.name} />
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <div className={classes.name}>{session.name}</div>
          <div className={classes.device}>
            {session.brokerId} on {session.device.label}
          </div>
        </div>
        <Menu.Divider />
        {screensInMenu.map(({ to, label, icon: Icon }) => (
          <Menu.Item key={to} component={Link} to={to} leftSection={<Icon size={16} stroke={1.7} />}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Item
          leftSection={
            next === 'dark' ? <IconMoon size={16} stroke={1.7} /> : <IconSun size={16} stroke={1.7} />
          }
          onClick={switchTheme}
        >
          {next === 'dark' ? 'Dark theme' : 'Light theme'}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.7} />}
          disabled={signOut.isPending}
          onClick={() =>
            signOut.mutate(undefined, { onError: notifyFailure('This device was not signed out') })
          }
        >
          Sign out on this device
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
