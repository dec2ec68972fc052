import { UnstyledButton } from '@mantine/core'
import type { ComponentProps } from 'react'
import classes from './account-menu.module.css'

type AccountButtonProps = Omit<ComponentProps<'button'>, 'children'> & { readonly name: string }

/** The round button that opens the account menu. */
export function AccountButton({ name, ...button }: AccountButtonProps) {
  return (
    <UnstyledButton
      className={classes.target}
      aria-label={`Account menu, ${initials(name)}`}
      aria-haspopup="menu"
      {...button}
    >
      <span className={classes.initials} aria-hidden>
        {initials(name)}
      </span>
    </UnstyledButton>
  )
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '')
  return words
    .filter((_, index) => index === 0 || index === words.length - 1)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
}
