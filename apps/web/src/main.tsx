import './strict-page.ts'
import '@fontsource-variable/inter/wght.css'
import './ui/mantine.css'
import './ui/base.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, startTransition, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/query-client.ts'
import { watchSignOut } from './api/leave.ts'
import { router } from './router.tsx'
import { loadAtLast } from './ui/load-at-last.ts'
import { noticesWanted } from './ui/notices-wanted.ts'
import { Tips } from './ui/tips.ts'
import { cssVariables, theme } from './theme.ts'

/** Loaded when there is something to say, or may soon be; what is to be told until then is kept. */
const Notices = lazy(async () => {
  await noticesWanted
  const { Notices: loaded } = await loadAtLast(() => import('./ui/notices.tsx'))
  return { default: loaded }
})
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')

// Before there is a letter to draw: one that changes when Inter has come moves what is below it.
void document.fonts.load("1em 'Inter Variable'")
watchSignOut(router)
new Tips().start()
const app = (
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Suspense>
          <Notices />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>
)
// As a transition: React gives way to the browser every few milliseconds, which on a slow phone matters most here.
startTransition(() => createRoot(root).render(app))
