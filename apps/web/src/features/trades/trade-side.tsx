import type { Trade } from '@stratdesk/contracts/trades'
import classes from './trade-side.module.css'

/** Long or short, by word and by colour. */
export function TradeSide({ side }: { readonly side: Trade['side'] }) {
  return <span className={classes[side]}>{side === 'long' ? 'Long' : 'Short'}</span>
}
