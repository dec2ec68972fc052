import { VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './picture.module.css'

const price =
  '8,87 16,90 23,85 31,94 38,99 46,95 54,108 61,115 69,111 76,120 84,125 92,118 99,129 107,124 114,113 122,117 130,102 137,94 145,97 152,83 160,72 168,76 175,60 183,50 190,53 198,41 206,30 213,35 221,25 228,28 236,21 244,32 251,27 259,41 266,51 274,46 282,62 289,72 297,67 304,83 312,90'
const fast =
  '8,87 31,89 46,94 61,106 76,113 92,118 107,123 122,118 137,105 152,94 168,82 183,64 198,52 213,40 228,32 244,29 259,33 274,43 289,59 304,71 312,78'
const slow =
  '8,84 31,86 46,89 61,95 76,101 92,107 107,112 122,113 137,109 152,103 168,95 183,84 198,73 213,62 228,52 244,45 259,42 274,44 289,50 304,58 312,63'

/** A price that falls, rises and falls, with its two averages: in at the crossing up, out at the crossing down. */
function EmaCrossoverPicture() {
  return (
    <>
      <VisuallyHidden>
        Picture: a price with a fast and a slow average. The entry is where the fast one crosses above, the
        exit where it crosses back below.
      </VisuallyHidden>
      <svg viewBox="0 0 320 150" className={classes.picture} aria-hidden>
        <rect x="137" y="8" width="145" height="128" className={classes.held} />
        <path d="M8 40H312M8 72H312M8 104H312M8 136H312" className={classes.grid} />
        <polyline points={price} className={classes.price} />
        <polyline points={slow} className={classes.slow} />
        <polyline points={fast} className={classes.fast} />
        <path d="M137 107l6 11h-12z" className={classes.mark} />
        <circle cx="282" cy="47" r="5.5" className={classes.mark} />
        <text x="137" y="131" textAnchor="middle" className={classes.label}>
          Entry
        </text>
        <text x="282" y="34" textAnchor="middle" className={classes.label}>
          Exit
        </text>
        <path d="M12 16h16" className={classes.fast} />
        <text x="33" y="19" className={classes.key}>
          Fast
        </text>
        <path d="M64 16h16" className={classes.slow} />
        <text x="85" y="19" className={classes.key}>
          Slow
        </text>
      </svg>
    </>
  )
}

const pictures: Readonly<Record<string, () => ReactNode>> = { 'ema-crossover': EmaCrossoverPicture }

/** What entry and exit of a strategy look like; nothing for a strategy without a picture. */
export function StrategyPicture({ strategyId }: { readonly strategyId: string }) {
  const Picture = pictures[strategyId]
  return Picture === undefined ? null : <Picture />
}
