import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'

/**
 * Begins a login at the broker's and goes to its page; `begin` answers nothing where it went elsewhere instead.
 * `isLeaving` from the start until the page is gone; a page that the browser kept and shows again on Back begins anew.
 */
export function useBrokerLogin<Input = void>(
  begin: (input: Input) => Promise<{ readonly loginUrl: string } | undefined>,
) {
  const login = useMutation({
    mutationFn: begin,
    onSuccess: (started) => {
      if (started !== undefined) location.assign(started.loginUrl)
    },
  })
  const { reset } = login
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) reset()
    }
    addEventListener('pageshow', onShow)
    return () => removeEventListener('pageshow', onShow)
  }, [reset])
  return { ...login, isLeaving: login.isPending || login.isSuccess }
}
