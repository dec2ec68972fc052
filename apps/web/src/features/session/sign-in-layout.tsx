import { Alert } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ThemeToggle } from '../../ui/frame/theme-toggle.tsx'
import { Logo } from '../../ui/logo.tsx'
import type { Reason } from './reasons.ts'
import classes from './sign-in.module.css'

interface SignInLayoutProps {
  readonly title: string
  readonly lead: string
  readonly reason?: Reason | undefined
  readonly children: ReactNode
  readonly below?: ReactNode
}

/** The page around a way of signing in: one card on a quiet ground, with the reason of a failed or ended sign-in. */
export function SignInLayout({ title, lead, reason, children, below }: SignInLayoutProps) {
  return (
    <main className={classes.page}>
      <title>{`${title} · Stratdesk`}</title>
      <Backdrop />
      <ThemeToggle className={classes.theme} />
      <div className={classes.column}>
        <div className={classes.brand}>
          <Logo size={34} />
          <span>Stratdesk</span>
        </div>
        <div className={classes.card}>
          <div>
            <h1 className={classes.title}>{title}</h1>
            <p className={classes.lead}>{lead}</p>
          </div>
          {reason !== undefined && <ReasonAlert reason={reason} />}
          {children}
        </div>
        {below}
      </div>
    </main>
  )
}

function ReasonAlert({ reason }: { readonly reason: Reason }) {
  const isProblem = reason.tone === 'problem'
  return (
    <Alert
      role={isProblem ? 'alert' : 'status'}
      className={isProblem ? classes.problem : classes.notice}
      classNames={{ icon: classes.reasonIcon ?? '' }}
      icon={
        isProblem ? <IconAlertTriangle size={18} stroke={1.7} /> : <IconInfoCircle size={18} stroke={1.7} />
      }
      title={reason.title}
    >
      {reason.text}
    </Alert>
  )
}

/** A price with its two averages crossing: what the product does, at the edge of sight. */
function Backdrop() {
  return (
    <svg
      className={classes.backdrop}
      viewBox="0 0 1440 420"
      preserveAspectRatio="none"
      aria-hidden
      focusable="false"
    >
      <path
        className={classes.price}
        d="M0 330 L60 310 L110 335 L170 290 L220 305 L280 330 L330 350 L390 300 L450 255 L500 275 L560 225 L620 240 L680 190 L740 215 L800 245 L850 230 L910 180 L970 150 L1030 175 L1090 130 L1150 145 L1210 95 L1270 120 L1330 75 L1390 85 L1440 50"
      />
      <path
        className={classes.fast}
        d="M0 325 C120 318 200 300 300 335 S470 262 580 232 S760 214 840 238 S1000 160 1110 140 S1300 92 1440 60"
      />
      <path className={classes.slow} d="M0 312 C200 322 380 330 560 268 S820 222 960 196 S1240 128 1440 86" />
    </svg>
  )
}
