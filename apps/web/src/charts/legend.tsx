import classes from './legend.module.css'

/** What the shapes on the chart mean. */
export function Legend() {
  return (
    <ul className={classes.legend}>
      <li>
        <svg viewBox="0 0 12 12" aria-hidden className={classes.entry}>
          <path d="M6 1l4.5 5H7.5v5h-3V6h-3z" />
        </svg>
        Long entry
      </li>
      <li>
        <svg viewBox="0 0 12 12" aria-hidden className={classes.entry}>
          <path d="M6 11l4.5-5H7.5V1h-3v5h-3z" />
        </svg>
        Short entry
      </li>
      <li>
        <svg viewBox="0 0 12 12" aria-hidden className={classes.gain}>
          <circle cx="6" cy="6" r="4" />
        </svg>
        Exit with a gain
      </li>
      <li>
        <svg viewBox="0 0 12 12" aria-hidden className={classes.loss}>
          <rect x="2.5" y="2.5" width="7" height="7" />
        </svg>
        Exit with a loss
      </li>
    </ul>
  )
}
