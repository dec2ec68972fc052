import { lazy, Suspense, useState } from 'react'
import { useSession } from '../../api/session.ts'
import { AccountButton } from './account-button.tsx'

const loadList = async () => ({ default: (await import('./account-menu-list.tsx')).AccountMenuList })
const AccountMenuList = lazy(loadList)

/** The account menu; its list is loaded when somebody reaches for it. */
export function AccountMenu() {
  const session = useSession()
  const [isWanted, setWanted] = useState(false)
  if (session === undefined) return null
  const button = (
    <AccountButton
      name={session.name}
      onPointerEnter={() => void loadList()}
      onFocus={() => void loadList()}
      onClick={() => setWanted(true)}
    />
  )
  return isWanted ? (
    <Suspense fallback={button}>
      <AccountMenuList />
    </Suspense>
  ) : (
    button
  )
}
