import { Button, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { getRun, listRuns, type Run, stopRun } from '@stratdesk/contracts/runs'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { ProblemError, problemMessage } from '../api/problem-error.ts'
import { q } from '../api/query.ts'
import { Notice } from './notice.tsx'
import { isActive } from './run-status.tsx'
import classes from './stop-run.module.css'

interface StopRunProps {
  /** The run to be stopped, as last read; null closes the dialog. */
  readonly run: Run | null
  readonly onClose: () => void
}

/**
 * Asks how a run is to be stopped and stops it. When another device has changed the run meanwhile nothing is done:
 * the dialog says what changed, reads the run again and asks once more.
 */
export function StopRunDialog({ run, onClose }: StopRunProps) {
  return (
    <Modal
      opened={run !== null}
      onClose={onClose}
      title="Stop this run?"
      centered
      size={520}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {run && <StopRunForm run={run} onClose={onClose} />}
    </Modal>
  )
}

function StopRunForm({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const stop = useStop(run, onClose)
  const isWaiting = stop.isPending
  return (
    <Stack gap="md">
      <Text size="sm">
        <strong>{run.name}</strong> decides nothing more once it has stopped. What it has traded stays. An
        open position stays open too, without its stop-loss, unless you close it now.
      </Text>
      {stop.isError && <StopProblem error={stop.error} run={run} />}
      <div className={classes.acts}>
        <Button variant="subtle" color="gray" onClick={onClose} data-autofocus>
          Keep running
        </Button>
        {isActive(run) && (
          <>
            <Button
              variant="default"
              disabled={isWaiting}
              loading={isWaiting && stop.variables === false}
              onClick={() => stop.mutate(false)}
            >
              Stop run
            </Button>
            <Button
              className={classes.danger}
              disabled={isWaiting}
              loading={isWaiting && stop.variables === true}
              onClick={() => stop.mutate(true)}
            >
              Stop and close positions
            </Button>
          </>
        )}
      </div>
    </Stack>
  )
}

function StopProblem({ error, run }: { readonly error: Error; readonly run: Run }) {
  const isConflict = error instanceof ProblemError && error.code === 'conflict'
  return (
    <Notice
      tone={isConflict ? 'warn' : 'bad'}
      title={isConflict ? 'The run has changed' : 'The run was not stopped'}
    >
      {problemMessage(error)}
      {isConflict && isActive(run) && ' You see it as it is now; stop it again if you still want to.'}
      {isConflict && !isActive(run) && ' There is nothing left to stop.'}
    </Notice>
  )
}

function useStop(run: Run, onClose: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (flatten: boolean) =>
      call(stopRun, {
        params: { id: run.id },
        headers: { 'if-match': String(run.revision) },
        body: { flatten },
      }),
    onSuccess: (stopped, flatten) => {
      queryClient.setQueryData(q(getRun, { params: { id: run.id } }).queryKey, stopped)
      notifications.show({
        message: flatten ? `Stopping ${run.name} and closing its positions` : `Stopping ${run.name}`,
      })
      onClose()
    },
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: [listRuns.name] }),
        queryClient.invalidateQueries({ queryKey: [getRun.name, { params: { id: run.id } }] }),
      ]),
  })
}
