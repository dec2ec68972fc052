import { notifications } from '@mantine/notifications'
import { useEffect, useEffectEvent, useState } from 'react'
import { useSignOut } from '../../api/session.ts'
import { ConfirmAct } from '../../ui/confirm-act.tsx'
import { type Ending, useEnd } from './use-ending.ts'

interface EndSessionsProps {
  readonly ending: Ending | null
  /** What is told where that is gone already; the dialog then asks nothing any more. */
  readonly gone: string | undefined
  readonly onClose: () => void
}

/** Asks before devices are signed out, then signs them out. */
export function EndSessionsDialog({ ending, gone, onClose }: EndSessionsProps) {
  const signOut = useSignOut()
  const end = useEnd(onClose)
  // While it closes the dialog goes on showing what it was about.
  const [last, setLast] = useState(ending)
  if (ending !== null && !isSame(ending, last)) setLast(ending)
  const close = () => {
    signOut.reset()
    end.reset()
    onClose()
  }
  const tellGone = useEffectEvent((message: string) => {
    close()
    notifications.show({ id: 'device-gone', message })
  })
  // What is gone because this very dialog ended it is told by that.
  const isEnding = end.isPending
  useEffect(() => {
    if (gone !== undefined && !isEnding) tellGone(gone)
  }, [gone, isEnding])
  const shown = ending ?? last
  if (shown === null) return null
  return (
    <ConfirmAct
      opened={ending !== null}
      title={question(shown)}
      label={label(shown)}
      refused="Nothing was signed out"
      act={shown.what === 'here' ? signOut : end}
      onConfirm={() => (shown.what === 'here' ? signOut.mutate() : end.mutate(shown))}
      onClose={close}
    >
      {consequence(shown)} Runs and the broker connection go on.
    </ConfirmAct>
  )
}

function isSame(a: Ending, b: Ending | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function question(ending: Ending): string {
  switch (ending.what) {
    case 'here':
      return 'Sign out on this device?'
    case 'device':
      return `Sign out ${ending.device.label}?`
    case 'others':
      return ending.count === 1 ? 'Sign out the other device?' : `Sign out ${ending.count} other devices?`
    case 'everywhere':
      return 'Sign out everywhere?'
  }
}

function consequence(ending: Ending): string {
  switch (ending.what) {
    case 'here':
      return 'You will need the broker’s login to come back.'
    case 'device':
      return 'It loses its access at once and needs the broker’s login to come back.'
    case 'others':
      return ending.count === 1
        ? 'It loses its access at once. This device stays signed in.'
        : 'They lose their access at once. This device stays signed in.'
    case 'everywhere':
      return 'Every device loses its access at once, this one too, and needs the broker’s login to come back.'
  }
}

function label(ending: Ending): string {
  switch (ending.what) {
    case 'here':
    case 'device':
      return 'Sign out'
    case 'others':
      return ending.count === 1 ? 'Sign it out' : 'Sign them out'
    case 'everywhere':
      return 'Sign out everywhere'
  }
}
