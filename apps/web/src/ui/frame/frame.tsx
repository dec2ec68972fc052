import { Outlet } from '@tanstack/react-router'

/** The frame of every signed-in screen. */
export function Frame() {
  return (
    <main>
      <Outlet />
    </main>
  )
}
