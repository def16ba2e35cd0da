import type { Behaviour } from './behaviour.ts'
import type { Clock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import type { Connector } from './connector.ts'
import { OcppError, type OcppLink, type Payload } from './link.ts'
import type { Presence } from './presence.ts'

export interface CommandParts {
  readonly link: OcppLink
  readonly clock: Clock
  readonly connectors: readonly Connector[]
  readonly configuration: Configuration
  readonly presence: Presence
  readonly behaviour: () => Behaviour
  readonly reportAll: () => void
}

const never = new Promise<Payload>(() => undefined)
const rebootMs = 2_000

/** What the central system may ask of the station. (OCPP 1.6, chapter 5) */
export function answerCommands(parts: CommandParts): void {
  const { link, connectors, configuration } = parts
  const find = (connectorId: unknown) => connectors.find(({ parts: own }) => own.connectorId === connectorId)

  link.handle('RemoteStartTransaction', (payload) => remoteStart(parts, payload))
  link.handle('RemoteStopTransaction', ({ transactionId }) => {
    const { remoteStop } = parts.behaviour()
    if (remoteStop === 'silent') return never
    const connector = connectors.find(({ charging }) => charging?.id === transactionId)
    if (remoteStop === 'reject' || !connector?.charging) return { status: 'Rejected' }
    parts.clock.after(0, () => connector.stop('Remote'))
    return { status: 'Accepted' }
  })
  link.handle('UnlockConnector', ({ connectorId }) => {
    const { unlock } = parts.behaviour()
    const connector = find(connectorId)
    if (unlock === 'silent') return never
    if (unlock === 'not-supported' || !connector) return { status: 'NotSupported' }
    if (unlock === 'fail') return { status: 'UnlockFailed' }
    parts.clock.after(0, () => connector.stop('UnlockCommand'))
    return { status: 'Unlocked' }
  })
  link.handle('ChangeAvailability', ({ connectorId, type }) => {
    const meant = connectorId === 0 ? connectors : connectors.filter((connector) => connector === find(connectorId))
    if (meant.length === 0) return { status: 'Rejected' }
    const results = meant.map((connector) => connector.makeOperative(type === 'Operative'))
    return { status: results.includes('Scheduled') ? 'Scheduled' : 'Accepted' }
  })
  link.handle('Reset', ({ type }) => {
    // A soft reset leaves time to deliver what it ends; a hard one does not. (OCPP 1.6, 5.14)
    parts.clock.after(0, () => {
      for (const connector of connectors) connector.halt(type === 'Hard' ? 'HardReset' : 'SoftReset')
    })
    parts.clock.after(type === 'Hard' ? 1 : 1_000, () => parts.presence.reboot(rebootMs))
    return { status: 'Accepted' }
  })
  link.handle('ChangeConfiguration', ({ key, value }) => ({ status: configuration.change(String(key), String(value)) }))
  link.handle('GetConfiguration', ({ key }) => ({ ...configuration.list(key as readonly string[] | undefined) }))
  link.handle('TriggerMessage', (payload) => trigger(parts, payload, find(payload['connectorId'])))
  link.handle('DataTransfer', () => ({ status: 'UnknownVendorId' }))
  link.handle('ClearCache', () => ({ status: 'Rejected' }))
}

function remoteStart(parts: CommandParts, { connectorId, idTag }: Payload): Payload | Promise<Payload> {
  const behaviour = parts.behaviour()
  if (behaviour.remoteStart === 'silent') return never
  const connector =
    connectorId === undefined
      ? parts.connectors.find(({ free }) => free)
      : parts.connectors.find(({ parts: own }) => own.connectorId === connectorId)
  // Not yet accepted by the central system: nothing may be started. (OCPP 1.6, 4.2)
  if (behaviour.remoteStart === 'reject' || !parts.presence.accepted || !connector?.free) return { status: 'Rejected' }
  connector.remoteStart(String(idTag))
  return { status: 'Accepted' }
}

/** (OCPP 1.6, 5.17 TriggerMessage) */
function trigger(parts: CommandParts, { requestedMessage, connectorId }: Payload, connector?: Connector): Payload {
  const { clock, presence, connectors, reportAll } = parts
  if (connectorId !== undefined && connectorId !== 0 && !connector) return { status: 'Rejected' }
  const meant = connector ? [connector] : connectors
  const tasks: Readonly<Record<string, () => void>> = {
    BootNotification: () => presence.sendBoot(),
    Heartbeat: () => presence.sendHeartbeat(),
    MeterValues: () => {
      for (const one of meant) one.sendMeterValues('Trigger')
    },
    StatusNotification: () => (connector ? connector.report({ always: true }) : reportAll()),
  }
  const task = tasks[String(requestedMessage)]
  if (!task) return { status: 'NotImplemented' }
  clock.after(0, task)
  return { status: 'Accepted' }
}

/** Whether the central system lets a tag charge; no answer is no. (OCPP 1.6, 4.1 Authorize) */
export async function authorize(link: OcppLink, idTag: string): Promise<boolean> {
  try {
    const answer = await link.call('Authorize', { idTag })
    return (answer['idTagInfo'] as { readonly status?: string } | undefined)?.status === 'Accepted'
  } catch (error) {
    if (error instanceof OcppError) return false
    throw error
  }
}
