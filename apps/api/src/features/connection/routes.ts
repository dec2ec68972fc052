import {
  disconnect,
  getConnection,
  getConnectionKeys,
  removeConnectionKeys,
  renewConnection,
  replaceConnectionKeys,
} from '@stratdesk/contracts/connection'
import { forgetToken, removeKeys, replaceKeys } from '@stratdesk/data/disconnect'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { RoomDeps } from '../../app-deps.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { readAccount } from '../../broker/connection-view.ts'
import { ProblemError } from '../../http/problem.ts'
import type { Account } from '../../http/route.ts'
import { beginLoginAgain } from '../../sign-in/begin-login.ts'
import type { DeviceSession } from '../../sign-in/device-session.ts'
import { afterEnding, endDevices } from '../../sign-in/end-devices.ts'
import type { BrokerSettings } from '../../sign-in/kite-login.ts'
import { countActiveRuns, readKeys } from './queries.ts'

/** The account's broker connection and the keys it is made with, which all its devices share. */
export function connectionRoutes(deps: RoomDeps): void {
  const { route, broker, now, vault } = deps

  route(getConnection, async ({ scope }) => (await readAccount(scope, now(), broker.simulated)).connection)

  route(
    renewConnection,
    async ({ body, ...call }) => await beginLoginAgain(deps, call, 'renew', body.returnTo),
    { perMinute: deps.signInsPerMinute },
  )

  route(disconnect, async ({ query, device, scope }) => {
    await scope.transaction(async (tx) => {
      await tx.lockAccount()
      if (query.confirm !== 'true') await requireNoActiveRuns(tx)
      if (await forgetToken(tx)) await recordAudit(tx, 'disconnected', device)
    })
  })

  route(getConnectionKeys, async ({ scope }) => await readKeys(scope, vault, broker.serverKeys))

  route(
    replaceConnectionKeys,
    async ({ body, device, scope }) => {
      requireOwnKeys(broker)
      await changeKeys({ device, scope }, async (tx) => {
        await replaceKeys(tx, vault, body)
        await recordAudit(tx, 'keys-replaced', device, { apiKeyEnd: body.apiKey.slice(-4) })
      })
      return await readKeys(scope, vault, undefined)
    },
    { fresh: true },
  )

  route(
    removeConnectionKeys,
    async ({ query, device, scope }) => {
      requireOwnKeys(broker)
      if (query.confirm !== 'true') await requireNoActiveRuns(scope)
      await changeKeys({ device, scope }, async (tx) => {
        await removeKeys(tx)
        await recordAudit(tx, 'keys-removed', device)
      })
    },
    { fresh: true },
  )

  /** Ends the other devices before the keys change, so that a call which fails half-way and is repeated still does. */
  async function changeKeys(
    { device, scope }: Account,
    change: (tx: BrokerScope) => Promise<void>,
  ): Promise<void> {
    const isOther = ({ deviceId }: DeviceSession) => deviceId !== device.deviceId
    const ended = await endDevices(deps, scope, device, 'keys-changed', isOther)
    await afterEnding(ended, () => scope.transaction(change))
  }
}

function requireOwnKeys({ serverKeys }: Pick<BrokerSettings, 'serverKeys'>): void {
  if (serverKeys === undefined) return
  const message = 'This server signs in with its own Kite app, whose keys only its operator can change'
  throw new ProblemError('conflict', message)
}

async function requireNoActiveRuns(scope: Account['scope']): Promise<void> {
  const count = await countActiveRuns(scope)
  if (count === 0) return
  const message = `${count === 1 ? 'A run is' : `${count} runs are`} active and would get no more prices; confirm to go on`
  throw new ProblemError('conflict', message)
}
