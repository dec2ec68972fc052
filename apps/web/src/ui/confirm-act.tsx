import { Button, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { problemMessage } from '../api/problem-error.ts'
import classes from './confirm-act.module.css'
import { Notice } from './notice.tsx'
import { needsStepUp, ReturnProblem, StepUp } from './step-up.tsx'

interface ConfirmActProps {
  readonly opened: boolean
  readonly title: string
  /** What the act will do, and what it will not. */
  readonly children: ReactNode
  /** Names the act: “Sign out”. */
  readonly label: string
  /** What is the case when it was refused: “Nothing was signed out”. */
  readonly refused: string
  readonly act: { readonly isPending: boolean; readonly error: Error | null }
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/**
 * Asks before an act that is hard to undo. Where the server wants a recent login first, the dialog says so and leads
 * to the broker; after that it asks again, and only another click acts. Open it from the URL, so that it is there.
 */
export function ConfirmAct({ opened, title, onClose, ...ask }: ConfirmActProps) {
  return (
    <Modal opened={opened} onClose={onClose} centered title={title}>
      <Question {...ask} onClose={onClose} />
    </Modal>
  )
}

function Question({
  children,
  label,
  refused,
  act,
  onConfirm,
  onClose,
}: Omit<ConfirmActProps, 'opened' | 'title'>) {
  if (needsStepUp(act.error)) return <StepUp onClose={onClose} />
  return (
    <Stack gap="md">
      <ReturnProblem />
      <div className={classes.text}>{children}</div>
      {act.error !== null && (
        <Notice tone="bad" title={refused}>
          {problemMessage(act.error)}
        </Notice>
      )}
      <div className={classes.acts}>
        <Button variant="subtle" color="gray" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button className={classes.danger} loading={act.isPending} onClick={onConfirm}>
          {label}
        </Button>
      </div>
    </Stack>
  )
}
