import {
  IconBolt,
  IconBriefcase,
  IconDevices,
  IconLayoutDashboard,
  IconPlayerPlay,
  IconReceipt,
  IconUserCircle,
} from '@tabler/icons-react'

/** The screens of the rail in their order. The first five make the bottom bar of a phone; the rest are in its menu. */
export const screens = [
  { to: '/', label: 'Dashboard', icon: IconLayoutDashboard },
  { to: '/strategies', label: 'Strategies', icon: IconBolt },
  { to: '/runs', label: 'Runs', icon: IconPlayerPlay },
  { to: '/trades', label: 'Trades', icon: IconReceipt },
  { to: '/positions', label: 'Positions', icon: IconBriefcase },
  { to: '/devices', label: 'Devices', icon: IconDevices },
  { to: '/account', label: 'Account', icon: IconUserCircle },
] as const

export const screensOnPhone = screens.slice(0, 5)
export const screensInMenu = screens.slice(5)
