import { type ReactNode, useDeferredValue } from 'react'

/**
 * Draws a whole page a few milliseconds at a time, so that a slow phone can answer in between, and shows it when all of it
 * is drawn. Left to itself the router has React draw it in one go.
 */
export function InSteps({ children }: { readonly children: ReactNode }) {
  return useDeferredValue(true, false) && children
}
