import { Button, PasswordInput, TextInput } from '@mantine/core'
import { schemaResolver, useForm } from '@mantine/form'
import { PastedAccessToken, PastedRequestToken } from '@stratdesk/contracts/broker-keys'
import { type Session, signInWithAccessToken, signInWithRequestToken } from '@stratdesk/contracts/session'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { fieldErrors } from '../../api/problem-error.ts'
import classes from './sign-in.module.css'
import { SignInFailure } from './sign-in-failure.tsx'

interface PasteFormProps {
  readonly onSignedIn: (session: Session) => void
}

const keyInput = { autoComplete: 'username', autoCapitalize: 'off', spellCheck: false } as const

/** A request token with the keys of the app it was issued to; the server exchanges it, once. */
export function RequestTokenForm({ onSignedIn }: PasteFormProps) {
  const signIn = useMutation({
    mutationFn: (body: { apiKey: string; apiSecret: string; requestToken: string }) =>
      call(signInWithRequestToken, { body }),
    onSuccess: onSignedIn,
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { apiKey: '', apiSecret: '', requestToken: '' },
    validate: schemaResolver(PastedRequestToken, { sync: true }),
  })
  return (
    <form className={classes.form} onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
      <TextInput label="API key" {...keyInput} key={form.key('apiKey')} {...form.getInputProps('apiKey')} />
      <PasswordInput
        label="API secret"
        autoComplete="current-password"
        key={form.key('apiSecret')}
        {...form.getInputProps('apiSecret')}
      />
      <TextInput
        label="Request token"
        description="From the address the broker redirected to; good for a few minutes, once"
        autoComplete="off"
        spellCheck={false}
        key={form.key('requestToken')}
        {...form.getInputProps('requestToken')}
      />
      {signIn.isError && <SignInFailure error={signIn.error} />}
      <Button type="submit" size="md" fullWidth loading={signIn.isPending}>
        Sign in
      </Button>
    </form>
  )
}

/** An access token of today; the server asks the broker whose it is. */
export function AccessTokenForm({ onSignedIn }: PasteFormProps) {
  const signIn = useMutation({
    mutationFn: (body: { apiKey: string; accessToken: string }) => call(signInWithAccessToken, { body }),
    onSuccess: onSignedIn,
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { apiKey: '', accessToken: '' },
    validate: schemaResolver(PastedAccessToken, { sync: true }),
  })
  return (
    <form className={classes.form} onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
      <TextInput label="API key" {...keyInput} key={form.key('apiKey')} {...form.getInputProps('apiKey')} />
      <PasswordInput
        label="Access token"
        description="Good until 06:00 IST"
        autoComplete="off"
        key={form.key('accessToken')}
        {...form.getInputProps('accessToken')}
      />
      {signIn.isError && <SignInFailure error={signIn.error} />}
      <Button type="submit" size="md" fullWidth loading={signIn.isPending}>
        Sign in
      </Button>
    </form>
  )
}
