import { Button, Code, CopyButton, Skeleton } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy, IconRefresh } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ProblemError, problemMessage } from '../api/problem-error.ts'
import classes from './faces.module.css'

/** Rows of a list or table that is on its way; give the height a real row will have, so that nothing jumps. */
export function LoadingRows({ rows = 6, height = 44 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <div role="status" aria-label="Loading" className={classes.rows}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={classes.row} style={{ height }}>
          <Skeleton height={12} width={`${34 - ((row * 7) % 15)}%`} />
          <Skeleton height={12} width="16%" />
          <Skeleton height={12} width={`${18 - ((row * 5) % 8)}%`} />
        </div>
      ))}
    </div>
  )
}

/** A block that is on its way, of the height it will have. */
export function LoadingBlock({ height }: { readonly height: number | string }) {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton height={height} radius="md" />
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  /** Why there is nothing, and what would change that. */
  readonly children: ReactNode
  readonly icon?: ReactNode
  /** The next step: a button or a link. */
  readonly action?: ReactNode
}

/** The face of a screen with nothing to show. */
export function Empty({ title, children, icon, action }: EmptyProps) {
  return (
    <div className={classes.empty}>
      {icon !== undefined && (
        <span className={classes.emptyIcon} aria-hidden>
          {icon}
        </span>
      )}
      <div className={classes.emptyTitle}>{title}</div>
      <div className={classes.emptyReason}>{children}</div>
      {action}
    </div>
  )
}

interface FailedProps {
  readonly error: unknown
  /** What could not be shown or done, as a sentence: “The trades could not be loaded.” */
  readonly title: string
  readonly onRetry?: () => void
  readonly isRetrying?: boolean
}

/** The face of a screen whose data did not come: what happened, a retry, and the request id to copy. */
export function Failed({ error, title, onRetry, isRetrying = false }: FailedProps) {
  const requestId = error instanceof ProblemError ? error.requestId : ''
  return (
    <div role="alert" className={classes.failed}>
      <IconAlertTriangle size={22} stroke={1.6} className={classes.failedIcon} aria-hidden />
      <div className={classes.failedTitle}>{title}</div>
      <div className={classes.failedReason}>{problemMessage(error)}</div>
      {onRetry !== undefined && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRefresh size={14} />}
          loading={isRetrying}
          onClick={onRetry}
        >
          Try again
        </Button>
      )}
      {requestId !== '' && <RequestId id={requestId} />}
    </div>
  )
}

/** A request id with a button that copies it, for whoever looks into the server's log. */
export function RequestId({ id }: { readonly id: string }) {
  return (
    <div className={classes.requestId}>
      Request <Code>{id}</Code>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <button
            type="button"
            className={classes.copy}
            onClick={copy}
            aria-label="Copy the request id"
            data-tip={copied ? 'Copied' : 'Copy the request id'}
          >
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </button>
        )}
      </CopyButton>
    </div>
  )
}

/** A line above content that is shown although it could not be refreshed: what is old, and since when. */
export function Stale({
  children,
  onRetry,
}: {
  readonly children: ReactNode
  readonly onRetry?: () => void
}) {
  return (
    <div role="status" className={classes.stale}>
      <span>{children}</span>
      {onRetry !== undefined && (
        <Button variant="subtle" size="compact-xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

interface QueryFaceProps<Data> {
  readonly query: UseQueryResult<Data, unknown>
  /** The skeleton, of the content's size. */
  readonly loading: ReactNode
  /** What could not be loaded, as a sentence. */
  readonly failed: string
  readonly children: (data: Data) => ReactNode
}

/** Shows a query by its face: loading, failed, or its data; a failed refresh keeps the data and says that it is old. */
export function QueryFace<Data>({ query, loading, failed, children }: QueryFaceProps<Data>) {
  const retry = () => void query.refetch()
  if (query.data === undefined) {
    if (!query.isError) return loading
    return <Failed error={query.error} title={failed} onRetry={retry} isRetrying={query.isFetching} />
  }
  return (
    <>
      {query.isError && (
        <Stale onRetry={retry}>This could not be refreshed. {problemMessage(query.error)}</Stale>
      )}
      {children(query.data)}
    </>
  )
}
