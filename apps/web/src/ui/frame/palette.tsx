import { Spotlight, spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import '@mantine/spotlight/styles.layer.css'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { IconBolt, IconLogout, IconMoon, IconPlayerStop, IconSearch, IconSun } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { activeRuns } from '../../api/active-runs.ts'
import { q } from '../../api/query.ts'
import { useSignOut } from '../../api/session.ts'
import { notifyFailure } from '../notify-failure.ts'
import { StopRunDialog } from '../stop-run.tsx'
import { screens } from './navigation.ts'
import classes from './palette.module.css'
import { useThemeSwitch } from './theme-toggle.tsx'

interface PaletteProps {
  readonly opened: boolean
  readonly onClose: () => void
}

/** The command palette: go to a screen, start a strategy, stop a run, switch the theme, sign out. */
export function Palette({ opened, onClose }: PaletteProps) {
  const [stopping, setStopping] = useState<string | null>(null)
  const { data: runs } = useQuery(activeRuns)
  const actions = [...useGoTo(), ...useStrategyActions(), ...useStopActions(setStopping), ...useAppActions()]
  useEffect(() => {
    if (opened) spotlight.open()
  }, [opened])
  return (
    <>
      <Spotlight
        actions={actions}
        shortcut={null}
        onSpotlightClose={onClose}
        nothingFound="Nothing has that name"
        highlightQuery
        scrollable
        maxHeight={440}
        overlayProps={{ backgroundOpacity: 0.4, blur: 1 }}
        attributes={{ content: { 'aria-label': 'Commands' } }}
        classNames={{
          search: classes.search ?? '',
          action: classes.action ?? '',
          actionsGroup: classes.group ?? '',
        }}
        searchProps={{
          leftSection: <IconSearch size={18} stroke={1.7} />,
          placeholder: 'Go to, start, stop…',
          'aria-label': 'Search commands',
        }}
      />
      <StopRunDialog
        run={runs?.items.find(({ id }) => id === stopping) ?? null}
        onClose={() => setStopping(null)}
      />
    </>
  )
}

function useGoTo(): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const actions = screens.map(({ to, label, icon: Icon }) => ({
    id: `go ${to}`,
    label,
    leftSection: <Icon size={18} stroke={1.7} />,
    onClick: () => void navigate({ to }),
  }))
  return [{ group: 'Go to', actions }]
}

function useStrategyActions(): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const { data } = useQuery(q(listStrategies))
  const actions = (data?.items ?? []).map(({ id, title }) => ({
    id: `start ${id}`,
    label: `Start ${title}`,
    keywords: ['run', 'strategy', id],
    leftSection: <IconBolt size={18} stroke={1.7} />,
    onClick: () => void navigate({ to: '/strategies/$strategyId/start', params: { strategyId: id } }),
  }))
  return actions.length === 0 ? [] : [{ group: 'Start a strategy', actions }]
}

function useStopActions(stop: (runId: string) => void): SpotlightActionGroupData[] {
  const { data } = useQuery(activeRuns)
  const actions = (data?.items ?? [])
    .filter((run) => run.desired === 'running')
    .map((run) => ({
      id: `stop ${run.id}`,
      label: `Stop ${run.name}`,
      description: `Started on ${run.startedBy.label}`,
      keywords: ['end', 'halt', run.strategyId],
      leftSection: <IconPlayerStop size={18} stroke={1.7} />,
      onClick: () => stop(run.id),
    }))
  return actions.length === 0 ? [] : [{ group: 'Stop a run', actions }]
}

function useAppActions(): SpotlightActionGroupData[] {
  const { next, switchTheme } = useThemeSwitch()
  const signOut = useSignOut()
  const Icon = next === 'dark' ? IconMoon : IconSun
  const actions = [
    {
      id: 'theme',
      label: `Switch to the ${next} theme`,
      leftSection: <Icon size={18} stroke={1.7} />,
      onClick: switchTheme,
    },
    {
      id: 'sign-out',
      label: 'Sign out on this device',
      keywords: ['log out', 'leave'],
      leftSection: <IconLogout size={18} stroke={1.7} />,
      onClick: () => signOut.mutate(undefined, { onError: notifyFailure('This device was not signed out') }),
    },
  ]
  return [{ group: 'This app', actions }]
}
