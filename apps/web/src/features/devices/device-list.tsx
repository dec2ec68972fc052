import { Badge, Button } from '@mantine/core'
import type { Device } from '@stratdesk/contracts/devices'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import { Ago, Time } from '../../ui/numbers.tsx'
import { browserName, isPhone } from './browser-name.ts'
import { DeviceLabel } from './device-label.tsx'
import classes from './devices.module.css'
import type { DevicesSearch } from './search.ts'

interface DeviceListProps {
  readonly devices: readonly Device[]
  readonly onEnd: (ask: DevicesSearch) => void
}

/** One row a device: its name, where it is from, since when, and the way to sign it out. */
export function DeviceList({ devices, onEnd }: DeviceListProps) {
  return (
    <ul className={classes.list}>
      {devices.map((device) => (
        <DeviceRow key={device.id} device={device} onEnd={onEnd} />
      ))}
    </ul>
  )
}

function DeviceRow({
  device,
  onEnd,
}: {
  readonly device: Device
  readonly onEnd: (ask: DevicesSearch) => void
}) {
  const Icon = isPhone(device.userAgent) ? IconDeviceMobile : IconDeviceDesktop
  return (
    <li className={classes.row}>
      <span className={classes.icon} data-current={device.current || undefined}>
        <Icon size={20} stroke={1.6} aria-hidden />
      </span>
      <div className={classes.words}>
        <div className={classes.top}>
          <DeviceLabel device={device} />
          {device.current && (
            <Badge size="sm" variant="light">
              This device
            </Badge>
          )}
        </div>
        <div className={classes.facts}>
          <span title={device.userAgent}>{browserName(device.userAgent)}</span>
          <span className={classes.address}>{device.ip}</span>
          <span>
            Signed in <Time at={device.createdAt} />
          </span>
          <span>
            Last seen <Ago at={device.lastSeenAt} />
          </span>
        </div>
      </div>
      <Button
        variant="default"
        size="xs"
        className={classes.end}
        aria-label={device.current ? 'Sign out here' : `Sign out ${device.label}`}
        onClick={() =>
          onEnd(
            device.current ? { confirm: 'sign-out-here' } : { confirm: 'sign-out-device', device: device.id },
          )
        }
      >
        {device.current ? 'Sign out here' : 'Sign out'}
      </Button>
    </li>
  )
}
