import { Button } from '@mantine/core'
import { IconCompass } from '@tabler/icons-react'
import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { ProblemError } from '../api/problem-error.ts'
import { Empty, Failed, LoadingBlock } from './faces.tsx'
import { Page } from './page.tsx'

/** A screen whose code is still coming, or what decides its shape. */
export function ScreenPending({ title = 'Loading' }: { readonly title?: string }) {
  return (
    <Page title={title} documentTitle={title}>
      <LoadingBlock height={120} />
      <LoadingBlock height={320} />
    </Page>
  )
}

/** A screen that could not be shown at all: the server cannot be reached, or a bug in this page. */
export function ScreenBroken({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const { reset: resetQueries } = useQueryErrorResetBoundary()
  const title =
    error instanceof ProblemError ? 'This page could not be opened.' : 'This page stopped working.'
  return (
    <main style={{ minHeight: '60dvh', display: 'grid', placeItems: 'center' }}>
      <title>Not available · Stratdesk</title>
      <Failed
        error={error}
        title={title}
        onRetry={() => {
          resetQueries()
          reset()
          void router.invalidate()
        }}
      />
    </main>
  )
}

/** An address that names no screen. */
export function NotFound() {
  return (
    <main>
      <title>No such page · Stratdesk</title>
      <Empty
        title="There is no page at this address"
        icon={<IconCompass stroke={1.4} />}
        action={
          <Button component={Link} to="/" variant="default">
            Go to the dashboard
          </Button>
        }
      >
        The link may be old, or mistyped.
      </Empty>
    </main>
  )
}
