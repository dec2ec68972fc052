import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { schemaResolver, useForm } from '@mantine/form'
import { BrokerKeys } from '@stratdesk/contracts/broker-keys'
import { getConnectionKeys, replaceConnectionKeys } from '@stratdesk/contracts/connection'
import { listDevices } from '@stratdesk/contracts/devices'
import { getSession } from '@stratdesk/contracts/session'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { fieldErrors, problemMessage } from '../../api/problem-error.ts'
import { q } from '../../api/query.ts'
import { Notice } from '../../ui/notice.tsx'
import { ReturnProblem } from '../../ui/step-up.tsx'
import classes from './page.module.css'

interface ReplaceKeysFormProps {
  readonly onClose: () => void
  readonly onDone: () => void
  readonly onRefused: (error: Error) => void
}

/** API key and secret as a password manager understands them, and what replacing them does. */
export function ReplaceKeysForm({ onClose, onDone, onRefused }: ReplaceKeysFormProps) {
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { apiKey: '', apiSecret: '' },
    validate: schemaResolver(BrokerKeys, { sync: true }),
  })
  const replace = useReplaceKeys(onDone, (error) => {
    form.setErrors(fieldErrors(error))
    onRefused(error)
  })
  return (
    <form onSubmit={form.onSubmit((keys) => replace.mutate(keys))}>
      <Stack gap="md">
        <ReturnProblem />
        <p className={classes.ask}>
          Your other devices are signed out, and the broker wants a login with the new keys. Until then runs
          get no prices and decide nothing.
        </p>
        <TextInput
          label="API key"
          description="Of your own app at developers.kite.trade"
          name="username"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          data-autofocus
          autoFocus
          key={form.key('apiKey')}
          {...form.getInputProps('apiKey')}
        />
        <PasswordInput
          label="API secret"
          name="password"
          autoComplete="current-password"
          key={form.key('apiSecret')}
          {...form.getInputProps('apiSecret')}
        />
        {replace.error !== null && (
          <Notice tone="bad" title="The keys were not replaced">
            {problemMessage(replace.error)}
          </Notice>
        )}
        <div className={classes.dialogActs}>
          <Button variant="subtle" color="gray" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={replace.isPending}>
            Replace keys
          </Button>
        </div>
      </Stack>
    </form>
  )
}

function useReplaceKeys(onDone: () => void, onError: (error: Error) => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: { apiKey: string; apiSecret: string }) => call(replaceConnectionKeys, { body }),
    onSuccess: (keys) => {
      queryClient.setQueryData(q(getConnectionKeys).queryKey, keys)
      for (const name of [getSession.name, listDevices.name])
        void queryClient.invalidateQueries({ queryKey: [name] })
      onDone()
    },
    onError,
  })
}
