import { Tooltip } from '@mantine/core'
import type { RunLog } from '@stratdesk/contracts/runs'
import { fullTime, shortTime } from '../../lib/time.ts'
import classes from './log-tab.module.css'

const words: Readonly<Record<RunLog['level'], string>> = {
  debug: 'Debug',
  info: 'Info',
  warn: 'Warning',
  error: 'Error',
}

/** Log lines, newest first: when, how grave, what. The market's own time is on hover where it is known. */
export function LogLines({ lines }: { readonly lines: readonly RunLog[] }) {
  return (
    <ol className={classes.lines} aria-label="Log, newest first">
      {lines.map((line) => (
        <li key={line.id} className={classes.line}>
          <Tooltip multiline label={timesOf(line)}>
            <time dateTime={line.time} className={classes.time}>
              {shortTime(line.time)}
            </time>
          </Tooltip>
          <span className={`${classes.mark ?? ''} ${classes[line.level] ?? ''}`}>{words[line.level]}</span>
          <span className={classes.message}>{line.message}</span>
        </li>
      ))}
    </ol>
  )
}

function timesOf({ time, marketTime }: RunLog): string {
  const written = fullTime(time)
  return marketTime === null ? written : `${written}; on market data of ${fullTime(marketTime)}`
}
