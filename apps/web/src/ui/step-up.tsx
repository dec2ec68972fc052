import { Button, Stack } from '@mantine/core'
import type { Session } from '@stratdesk/contracts/session'
import { ProblemError, problemMessage } from '../api/problem-error.ts'
import { useReturnProblem } from '../api/return-problem.ts'
import { useSession, useStepUp } from '../api/session.ts'
import classes from './confirm-act.module.css'
import { Notice } from './notice.tsx'
import { returnProblemWords } from './return-problem-words.ts'

/** True for the answer of an act that wants a recent login at the broker first. */
export function needsStepUp(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'reauth-required'
}

/** The server's usual limit of what it calls recent. */
const recentMs = 15 * 60_000

/** True where a step-up is to be expected: a form whose typing would be lost on the way asks for it first. */
export function wantsStepUp(session: Session | undefined, now: number): boolean {
  if (session === undefined) return false
  const { authenticatedAt } = session
  return authenticatedAt === null || now - Date.parse(authenticatedAt) > recentMs
}

interface StepUpProps {
  readonly onClose: () => void
  /** Where something typed would be lost on the way. */
  readonly note?: string
  /** A way on without it, where only this browser's clock says that the login is old: the server decides then. */
  readonly instead?: { readonly label: string; readonly go: () => void }
}

/** Why the broker's login is needed once more, and the way there; the URL brings one back to the same question. */
export function StepUp({ onClose, note, instead }: StepUpProps) {
  const stepUp = useStepUp()
  return (
    <Stack gap="md">
      <ReturnProblem />
      <Notice tone="info" title="First confirm that it is you">
        This needs a login at the broker within the last few minutes, so that nobody at an unlocked browser
        can do it in your name. Afterwards you are asked here again; until then nothing is done. {note}
      </Notice>
      {stepUp.error !== null && (
        <Notice tone="bad" title="The login could not be started">
          {problemMessage(stepUp.error)}
        </Notice>
      )}
      <div className={classes.acts}>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Cancel
        </Button>
        {instead !== undefined && (
          <Button variant="default" onClick={instead.go}>
            {instead.label}
          </Button>
        )}
        {/* The first is for a dialog that opens with this, the second for one that is open and comes to it. */}
        <Button loading={stepUp.isLeaving} onClick={() => stepUp.mutate()} data-autofocus autoFocus>
          Confirm with Kite
        </Button>
      </div>
    </Stack>
  )
}

/** In a dialog that the broker's login came back to: why that login failed; nothing where it did not. */
export function ReturnProblem() {
  const [problem] = useReturnProblem()
  const brokerId = useSession()?.brokerId ?? ''
  if (problem === undefined) return null
  const { title, text } = returnProblemWords(problem, brokerId)
  return (
    <Notice tone="warn" title={title}>
      {text}
    </Notice>
  )
}
