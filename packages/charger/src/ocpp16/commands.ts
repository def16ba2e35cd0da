import { answerAll, withSilence } from '../answering.ts'
import { presetProfile, profileOf } from '../charging-profile.ts'
import type { Connector } from '../connector.ts'
import { type CommandParts, rebootMs } from '../dialect-parts.ts'
import type { Payload } from '../link.ts'
import { profileAnswers16 } from './profiles.ts'

type Answers = Readonly<Record<string, (payload: Payload) => Payload>>

/** What the central system may ask of the station. (OCPP 1.6, chapter 5) */
export function answerCommands16(parts: CommandParts): void {
  const find = (connectorId: unknown) => parts.connectors().find(({ parts: own }) => own.connectorId === connectorId)
  answerAll(withSilence(parts, { remoteStart: 'RemoteStartTransaction', remoteStop: 'RemoteStopTransaction' }), {
    ...chargingAnswers(parts, find),
    ...stationAnswers(parts, find),
    ...reservationAnswers(parts, find),
    ...localListAnswers(parts),
    ...profileAnswers16(parts),
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
    ClearCache: () => ({ status: 'Rejected' }),
  })
}

type Find = (connectorId: unknown) => Connector | undefined

function chargingAnswers(parts: CommandParts, find: Find): Answers {
  const { clock } = parts
  return {
    RemoteStartTransaction: ({ connectorId, idTag, chargingProfile }) => {
      const tag = String(idTag)
      const connector =
        connectorId === undefined ? parts.connectors().find((one) => one.freeFor(tag)) : find(connectorId)
      // Not yet accepted by the central system: nothing may be started. (OCPP 1.6, 4.2)
      if (parts.behaviour().remoteStart === 'reject' || !parts.presence.accepted || !connector?.freeFor(tag))
        return { status: 'Rejected' }
      if (chargingProfile !== undefined && !presetProfile(parts, connector, profileOf(chargingProfile as Payload)))
        return { status: 'Rejected' }
      connector.remoteStart({ idTag: tag })
      return { status: 'Accepted' }
    },
    RemoteStopTransaction: ({ transactionId }) => {
      const connector = parts.connectors().find((one) => parts.tell.transactionId(one) === String(transactionId))
      if (parts.behaviour().remoteStop === 'reject' || !connector) return { status: 'Rejected' }
      clock.after(0, () => connector.stop('Remote'))
      return { status: 'Accepted' }
    },
    UnlockConnector: ({ connectorId }) => {
      const { unlock } = parts.behaviour()
      const connector = find(connectorId)
      if (unlock === 'not-supported' || !connector) return { status: 'NotSupported' }
      if (unlock === 'fail' || connector.lock.jammed) return { status: 'UnlockFailed' }
      clock.after(0, () => {
        connector.stop('UnlockCommand')
        connector.lock.open()
      })
      return { status: 'Unlocked' }
    },
  }
}

function stationAnswers(parts: CommandParts, find: Find): Answers {
  const { clock, configuration } = parts
  return {
    ChangeAvailability: ({ connectorId, type }) => {
      const meant =
        connectorId === 0 ? parts.connectors() : parts.connectors().filter((one) => one === find(connectorId))
      if (meant.length === 0) return { status: 'Rejected' }
      const results = meant.map((connector) => connector.makeOperative(type === 'Operative'))
      return { status: results.includes('Scheduled') ? 'Scheduled' : 'Accepted' }
    },
    Reset: ({ type }) => {
      // A soft reset leaves time to deliver what it ends; a hard one does not. (OCPP 1.6, 5.14)
      clock.after(0, () => {
        for (const connector of parts.connectors()) connector.halt(type === 'Hard' ? 'HardReset' : 'SoftReset')
      })
      clock.after(type === 'Hard' ? 1 : 1_000, () => parts.presence.reboot(rebootMs))
      return { status: 'Accepted' }
    },
    ChangeConfiguration: ({ key, value }) => ({ status: configuration.change(String(key), String(value)) }),
    GetConfiguration: ({ key }) => ({ ...configuration.list(key as readonly string[] | undefined) }),
    TriggerMessage: (payload) => trigger(parts, payload, find(payload['connectorId'])),
  }
}

/** (OCPP 1.6, 5.17 TriggerMessage) */
function trigger(parts: CommandParts, { requestedMessage, connectorId }: Payload, connector?: Connector): Payload {
  const { clock, presence, tell } = parts
  if (connectorId !== undefined && connectorId !== 0 && !connector) return { status: 'Rejected' }
  const meant = connector ? [connector] : parts.connectors()
  const tasks: Readonly<Record<string, () => void>> = {
    BootNotification: () => presence.sendBoot(),
    Heartbeat: () => presence.sendHeartbeat(),
    MeterValues: () => {
      for (const one of meant) one.sendMeterValues('Trigger')
    },
    StatusNotification: () => (connector ? connector.report({ always: true }) : tell.everything()),
  }
  const task = tasks[String(requestedMessage)]
  if (!task) return { status: 'NotImplemented' }
  clock.after(0, task)
  return { status: 'Accepted' }
}

/** (OCPP 1.6, 5.13 ReserveNow, 5.1 CancelReservation) */
function reservationAnswers({ clock, connectors }: CommandParts, find: Find): Answers {
  return {
    ReserveNow: ({ connectorId, expiryDate, idTag, reservationId }) => {
      const connector = find(connectorId)
      if (!connector) return { status: 'Rejected' }
      return {
        status: connector.reserve({
          id: Number(reservationId),
          idTag: String(idTag),
          expiresAt: Date.parse(String(expiryDate)),
        }),
      }
    },
    CancelReservation: ({ reservationId }) => {
      const connector = connectors().find(({ reservations }) => reservations.current?.id === reservationId)
      if (!connector) return { status: 'Rejected' }
      connector.reservations.use()
      clock.after(0, () => connector.report())
      return { status: 'Accepted' }
    },
  }
}

function localListAnswers({ localList }: CommandParts): Answers {
  return {
    GetLocalListVersion: () => ({ listVersion: localList.version }),
    SendLocalList: ({ listVersion, updateType, localAuthorizationList = [] }) => {
      const tags = (localAuthorizationList as readonly Payload[]).map(({ idTag, idTagInfo }) => {
        const { status, expiryDate } = (idTagInfo ?? {}) as { readonly status?: string; readonly expiryDate?: string }
        return {
          idTag: String(idTag),
          status,
          expiresAt: expiryDate === undefined ? undefined : Date.parse(expiryDate),
        }
      })
      return { status: localList.update(Number(listVersion), tags, updateType === 'Full') }
    },
  }
}
