import { Modal } from '@mantine/core'
import { useState } from 'react'
import { useSession } from '../../api/session.ts'
import { needsStepUp, StepUp, wantsStepUp } from '../../ui/step-up.tsx'
import { KeysReplaced } from './keys-replaced.tsx'
import { ReplaceKeysForm } from './replace-keys-form.tsx'
import { useAsk } from './use-ask.ts'

/** Asks for other keys, then leads to the broker's login with them. A login that must come first comes before the form. */
export function ReplaceKeysDialog() {
  const [asked, ask] = useAsk()
  const [isDone, setDone] = useState(false)
  const isAsked = asked === 'replace-keys'
  const close = () => {
    setDone(false)
    ask(undefined)
  }
  return (
    <Modal
      opened={isAsked || isDone}
      onClose={close}
      centered
      title={isDone ? 'The keys are replaced' : 'Your keys at the broker'}
    >
      {isDone ? (
        <KeysReplaced onClose={close} />
      ) : (
        <Ask
          onClose={close}
          onDone={() => {
            setDone(true)
            // The broker's login comes back to the account, not to a form that is done with.
            ask(undefined)
          }}
        />
      )}
    </Modal>
  )
}

function Ask({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const session = useSession()
  const [refusal, setRefusal] = useState<Error | null>(null)
  const [isOld, setOld] = useState(() => wantsStepUp(session, Date.now()))
  // This browser's clock may be wrong; the server's refusal of the form is not.
  const instead =
    session?.authenticatedAt === null ? {} : { instead: { label: 'Enter the keys', go: () => setOld(false) } }
  if (isOld) return <StepUp onClose={onClose} {...instead} />
  if (needsStepUp(refusal)) return <StepUp onClose={onClose} note="You enter the keys again then." />
  return <ReplaceKeysForm onClose={onClose} onDone={onDone} onRefused={setRefusal} />
}
