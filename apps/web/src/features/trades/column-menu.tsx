import { Button, Checkbox, Menu } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { lookOf, looks } from './columns.tsx'

interface ColumnMenuProps {
  readonly shown: Readonly<Record<string, boolean>>
  readonly onToggle: (id: string) => void
  readonly onReset: () => void
}

/** Chooses the columns of the trades table. At least one stays. */
export function ColumnMenu({ shown, onToggle, onReset }: ColumnMenuProps) {
  const ids = Object.keys(looks)
  const count = ids.filter((id) => shown[id]).length
  return (
    <Menu closeOnItemClick={false} position="bottom-end" shadow="md">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconColumns3 size={14} />}>
          Columns
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ids.map((id) => (
          <Menu.Item
            key={id}
            role="menuitemcheckbox"
            aria-checked={shown[id] ?? false}
            disabled={count === 1 && shown[id]}
            onClick={() => onToggle(id)}
            leftSection={<Checkbox.Indicator size="xs" checked={shown[id] ?? false} />}
          >
            {lookOf(id).title}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onReset}>Back to the usual columns</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
