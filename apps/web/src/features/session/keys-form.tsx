import { Button, PasswordInput, TextInput } from '@mantine/core'
import { schemaResolver, useForm } from '@mantine/form'
import { ApiKey, ApiSecret } from '@stratdesk/contracts/broker-keys'
import { z } from 'zod'
import { fieldErrors } from '../../api/problem-error.ts'
import classes from './sign-in.module.css'
import { SignInFailure } from './sign-in-failure.tsx'
import { useKiteSignIn } from './use-kite-sign-in.ts'

const Keys = z.object({ apiKey: ApiKey, apiSecret: ApiSecret })

/** Asks for the account's own API keys, as a password manager understands them, then goes to the broker's login. */
export function KeysForm({ from }: { readonly from: string | undefined }) {
  const signIn = useKiteSignIn(from)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { apiKey: '', apiSecret: '' },
    validate: schemaResolver(Keys, { sync: true }),
  })
  return (
    <form
      className={classes.form}
      onSubmit={form.onSubmit((keys) =>
        signIn.mutate(keys, { onError: (error) => form.setErrors(fieldErrors(error)) }),
      )}
    >
      <TextInput
        label="API key"
        description="Of your own app at developers.kite.trade"
        name="username"
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
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
      {signIn.isError && <SignInFailure error={signIn.error} />}
      <Button type="submit" size="md" fullWidth loading={signIn.isLeaving}>
        Sign in with Kite
      </Button>
    </form>
  )
}
