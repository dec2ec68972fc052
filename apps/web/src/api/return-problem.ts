import { SignInProblem } from '@stratdesk/contracts/session'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { z } from 'zod'

/** `?problem=` as a broker login that failed leaves it in the URL; one this version does not know is told in general words. */
export const problemParam = SignInProblem.or(z.string().transform(() => 'unavailable' as const))
  .optional()
  .catch(undefined)

/** What every signed-in screen's URL may say. */
export const appSearch = z.object({ problem: problemParam })

/** Why the broker login that was begun on this screen failed, and how to take that out of the URL again. */
export function useReturnProblem(): [problem: SignInProblem | undefined, dismiss: () => void] {
  const { problem } = useSearch({ from: '/app' })
  const navigate = useNavigate()
  const dismiss = () =>
    void navigate({
      to: '.',
      search: (previous) => ({ ...previous, problem: undefined }),
      replace: true,
      resetScroll: false,
    })
  return [problem, dismiss]
}
