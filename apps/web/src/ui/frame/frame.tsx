import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useConnection } from '../../api/session.ts'
import { useNoticesWhenActing } from '../notices-wanted.ts'
import { Banner } from './banner.tsx'
import classes from './frame.module.css'
import { Header } from './header.tsx'
import { BottomBar, Rail } from './rail.tsx'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))

/** Where the navigation is at the bottom; as in the style sheets. */
const narrow = '(max-width: 48em)'

/** The frame of every signed-in screen: rail, header, one banner, the screen, and the command palette over it. */
export function Frame() {
  const connection = useConnection()
  const isNarrow = useMediaQuery(narrow, false, { getInitialValueInEffect: false })
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  const [wasPaletteOpened, setPaletteOpened] = useState(false)
  const openPalette = () => {
    setPaletteOpened(true)
    setPaletteOpen(true)
  }
  useHotkeys([['mod+K', openPalette]], [])
  useNoticesWhenActing()

  return (
    <div className={classes.frame}>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      {!isNarrow && <Rail />}
      <div className={classes.column}>
        <header className={classes.top}>
          {connection?.simulated === true && <SimulatorRibbon />}
          <Header onOpenPalette={openPalette} />
          <Banner />
        </header>
        <main id="main" tabIndex={-1} className={classes.main}>
          <Outlet />
        </main>
        {isNarrow && <BottomBar />}
      </div>
      {wasPaletteOpened && (
        <Suspense>
          <Palette opened={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
    </div>
  )
}

function SimulatorRibbon() {
  return (
    <div role="note" className={classes.ribbon}>
      <strong>Simulated broker</strong>
      <span className={classes.wideOnly}>
        Prices are replayed or made up, and no order reaches an exchange.
      </span>
      <span className={classes.narrowOnly}>No order reaches an exchange.</span>
    </div>
  )
}
