import { ActionIcon, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type Device, listDevices, renameDevice } from '@stratdesk/contracts/devices'
import { IconCheck, IconPencil, IconX } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { call } from '../../api/call.ts'
import { ProblemError, problemMessage } from '../../api/problem-error.ts'
import classes from './devices.module.css'

/** A device's name; its pencil turns it into a field in place. Enter keeps the new name, Esc the old one. */
export function DeviceLabel({ device }: { readonly device: Device }) {
  const [state, setState] = useState<'shown' | 'edited' | 'editing'>('shown')
  if (state === 'editing') return <LabelForm device={device} onDone={() => setState('edited')} />
  return (
    <>
      <span className={classes.label}>{device.label}</span>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        aria-label={`Rename ${device.label}`}
        data-tip="Rename"
        // The keyboard comes back to where it opened the field.
        autoFocus={state === 'edited'}
        onClick={() => setState('editing')}
      >
        <IconPencil size={15} stroke={1.7} />
      </ActionIcon>
    </>
  )
}

function LabelForm({ device, onDone }: { readonly device: Device; readonly onDone: () => void }) {
  const [label, setLabel] = useState(device.label)
  const rename = useRename(device.id, onDone)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (label.trim() === device.label) onDone()
    else rename.mutate(label.trim())
  }
  const leave = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onDone()
  }
  return (
    <form className={classes.form} onSubmit={submit} onKeyDown={leave}>
      <TextInput
        size="xs"
        aria-label="Device name"
        value={label}
        maxLength={60}
        autoFocus
        error={rename.isError && fieldMessage(rename.error)}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <ActionIcon
        type="submit"
        variant="light"
        size={30}
        aria-label="Keep this name"
        loading={rename.isPending}
      >
        <IconCheck size={16} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" size={30} aria-label="Keep the old name" onClick={onDone}>
        <IconX size={16} />
      </ActionIcon>
    </form>
  )
}

function useRename(id: string, onDone: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (label: string) => call(renameDevice, { params: { id }, body: { label } }),
    onSuccess: async (device) => {
      await queryClient.invalidateQueries({ queryKey: [listDevices.name] })
      notifications.show({ message: `Renamed to ${device.label}` })
      onDone()
    },
  })
}

function fieldMessage(error: Error): string {
  const field = error instanceof ProblemError ? error.fields[0]?.message : undefined
  return field ?? problemMessage(error)
}
