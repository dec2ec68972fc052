import { Button, Loader } from '@mantine/core'
import { problemMessage } from '../../api/problem-error.ts'
import { quantity } from '../../lib/money.ts'
import classes from './list-foot.module.css'

interface ListFootProps {
  readonly count: number
  readonly hasMore: boolean
  readonly isLoading: boolean
  readonly error: Error | null
  readonly onMore: () => void
}

/** What stands below the last loaded trade: more is coming, more failed to come, or that was all. */
export function ListFoot({ count, hasMore, isLoading, error, onMore }: ListFootProps) {
  if (error !== null) {
    return (
      <div className={classes.foot} role="alert">
        Older trades could not be loaded. {problemMessage(error)}
        <Button size="compact-xs" variant="default" loading={isLoading} onClick={onMore}>
          Try again
        </Button>
      </div>
    )
  }
  if (hasMore) {
    return (
      <div className={classes.foot}>
        <Loader size={14} /> Loading older trades
      </div>
    )
  }
  return (
    <div className={classes.foot}>
      {count === 1 ? 'That is the only trade.' : `All ${quantity(count)} trades`}
    </div>
  )
}
