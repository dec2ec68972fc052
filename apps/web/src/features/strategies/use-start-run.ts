import { getRun, type Run, startRun } from '@stratdesk/contracts/runs'
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { call } from '../../api/call.ts'
import type { ProblemError } from '../../api/problem-error.ts'
import { q } from '../../api/query.ts'
import { newSubmitKey, type SubmitKey, submitKeyFor } from './idempotency.ts'

/** What the start form sends. */
export interface StartRunBody {
  readonly strategyId: string
  readonly name?: string
  readonly params: Record<string, unknown>
  readonly mode: 'paper'
}

/** Starts a run once for each distinct request of an open form, however often it is sent. */
export function useStartRun(
  onStarted: (run: Run) => void,
): UseMutationResult<Run, ProblemError, StartRunBody> {
  const queryClient = useQueryClient()
  const lastKey = useRef<SubmitKey>(undefined)
  return useMutation({
    mutationFn: (body: StartRunBody) => {
      const submit = submitKeyFor(lastKey.current ?? newSubmitKey(), body)
      lastKey.current = submit
      return call(startRun, { headers: { 'idempotency-key': submit.key }, body })
    },
    onSuccess: (run) => {
      queryClient.setQueryData(q(getRun, { params: { id: run.id } }).queryKey, run)
      onStarted(run)
    },
  })
}
