import { Button, Menu } from '@mantine/core'
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
    <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconColumns3 size={14} />}>
          Columns
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ids.map((id) => (
          <Menu.CheckboxItem
            key={id}
            closeMenuOnClick={false}
            checked={shown[id] ?? false}
            disabled={count === 1 && shown[id]}
            onChange={() => onToggle(id)}
          >
            {lookOf(id).title}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onReset}>Back to the usual columns</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
