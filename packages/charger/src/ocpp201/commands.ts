import { answerAll, withSilence } from '../answering.ts'
import { inUnit, presetProfile, profileOf, setProfile } from '../charging-profile.ts'
import type { Connector } from '../connector.ts'
import { type CommandParts, rebootMs } from '../dialect-parts.ts'
import type { Payload } from '../link.ts'
import type { BootReason } from './dialect.ts'
import { variableAnswers } from './variables.ts'

type Answers = Readonly<Record<string, (payload: Payload) => Payload>>
type Find = (evseId: unknown) => Connector | undefined

/** What the central system may ask of the station. (OCPP 2.0.1, part 2) */
export function answerCommands201(parts: CommandParts, boot: BootReason): void {
  const find: Find = (evseId) => parts.connectors().find(({ parts: own }) => own.connectorId === evseId)
  answerAll(withSilence(parts, { remoteStart: 'RequestStartTransaction', remoteStop: 'RequestStopTransaction' }), {
    ...chargingAnswers(parts, find),
    ...stationAnswers(parts, find, boot),
    ...reservationAnswers(parts, find),
    ...listAnswers(parts),
    ...profileAnswers(parts, find),
    ...variableAnswers(parts),
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
    ClearCache: () => ({ status: 'Rejected' }),
    CostUpdated: () => ({}),
  })
}

interface Token {
  readonly idToken: string
  readonly type: string
}

function chargingAnswers(parts: CommandParts, find: Find): Answers {
  const { clock, tell } = parts
  return {
    RequestStartTransaction: ({ evseId, idToken, remoteStartId, chargingProfile }) => {
      const token = idToken as Token
      const connector =
        evseId === undefined ? parts.connectors().find((one) => one.freeFor(token.idToken)) : find(evseId)
      if (parts.behaviour().remoteStart === 'reject' || !parts.presence.accepted || !connector?.freeFor(token.idToken))
        return { status: 'Rejected' }
      if (chargingProfile !== undefined && !presetProfile(parts, connector, profile201(chargingProfile as Payload)))
        return { status: 'Rejected', statusInfo: { reasonCode: 'InvalidProfile' } }
      connector.remoteStart({ idTag: token.idToken, type: token.type, remoteStartId: Number(remoteStartId) })
      const transactionId = tell.transactionId(connector)
      return { status: 'Accepted', ...(transactionId !== undefined && { transactionId }) }
    },
    RequestStopTransaction: ({ transactionId }) => {
      const connector = parts.connectors().find((one) => tell.transactionId(one) === transactionId)
      if (parts.behaviour().remoteStop === 'reject' || !connector?.charging) return { status: 'Rejected' }
      clock.after(0, () => connector.stop('Remote'))
      return { status: 'Accepted' }
    },
    GetTransactionStatus: ({ transactionId }) => ({
      messagesInQueue: parts.outbox.size > 0,
      ...(transactionId !== undefined && {
        ongoingIndicator: parts.connectors().some((one) => tell.transactionId(one) === transactionId),
      }),
    }),
    UnlockConnector: ({ evseId }) => {
      const connector = find(evseId)
      if (!connector) return { status: 'UnknownConnector' }
      // Unlike in 1.6, a plug is not let go while its driver charges. (OCPP 2.0.1, F05)
      if (connector.charging) return { status: 'OngoingAuthorizedTransaction' }
      if (parts.behaviour().unlock !== 'unlock' || connector.lock.jammed) return { status: 'UnlockFailed' }
      connector.lock.open()
      return { status: 'Unlocked' }
    },
  }
}

interface Evse {
  readonly id: number
}

function stationAnswers(parts: CommandParts, find: Find, boot: BootReason): Answers {
  const { clock, presence, tell } = parts
  const restart = (ms: number) => {
    boot.reason = 'RemoteReset'
    clock.after(ms, () => presence.reboot(rebootMs))
  }
  return {
    ChangeAvailability: ({ evse, operationalStatus }) => {
      const meant =
        evse === undefined ? parts.connectors() : parts.connectors().filter((one) => one === find((evse as Evse).id))
      if (meant.length === 0) return { status: 'Rejected' }
      const results = meant.map((connector) => connector.makeOperative(operationalStatus === 'Operative'))
      return { status: results.includes('Scheduled') ? 'Scheduled' : 'Accepted' }
    },
    Reset: ({ type, evseId }) => {
      if (evseId !== undefined) return { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedParam' } }
      if (type === 'OnIdle' && parts.connectors().some(({ charging }) => charging)) {
        restartWhenIdle(parts, () => restart(1))
        return { status: 'Scheduled' }
      }
      clock.after(0, () => {
        for (const connector of parts.connectors()) connector.halt('HardReset')
        restart(1_000)
      })
      return { status: 'Accepted' }
    },
    TriggerMessage: ({ requestedMessage, evse }) => {
      const connector = evse === undefined ? undefined : find((evse as Evse).id)
      if (evse !== undefined && !connector) return { status: 'Rejected' }
      const meant = connector ? [connector] : parts.connectors()
      const tasks: Readonly<Record<string, () => void>> = {
        BootNotification: () => {
          boot.reason = 'Triggered'
          presence.sendBoot()
        },
        Heartbeat: () => presence.sendHeartbeat(),
        MeterValues: () => {
          for (const one of meant) tell.metered(one, 'Trigger')
        },
        TransactionEvent: () => {
          for (const one of meant) one.charging?.sample('Trigger')
        },
        StatusNotification: () => (connector ? connector.report({ always: true }) : tell.everything()),
      }
      const task = tasks[String(requestedMessage)]
      if (!task) return { status: 'NotImplemented' }
      clock.after(0, task)
      return { status: 'Accepted' }
    },
  }
}

/** How often a station that has to restart looks whether everybody is done. */
const idleLookMs = 1_000

function restartWhenIdle(parts: CommandParts, restart: () => void): void {
  parts.clock.after(idleLookMs, () => {
    if (parts.connectors().some(({ charging }) => charging)) restartWhenIdle(parts, restart)
    else restart()
  })
}

function reservationAnswers({ clock, connectors }: CommandParts, find: Find): Answers {
  return {
    ReserveNow: ({ id, evseId, idToken, expiryDateTime }) => {
      const connector = evseId === undefined ? connectors().find(({ status }) => status === 'Available') : find(evseId)
      if (!connector) return { status: evseId === undefined ? 'Occupied' : 'Rejected' }
      const { idToken: idTag } = idToken as Token
      const expiresAt = Date.parse(String(expiryDateTime))
      return { status: connector.reserve({ id: Number(id), idTag, expiresAt }) }
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

function listAnswers({ localList }: CommandParts): Answers {
  return {
    GetLocalListVersion: () => ({ versionNumber: localList.version }),
    SendLocalList: ({ versionNumber, updateType, localAuthorizationList = [] }) => {
      const tags = (localAuthorizationList as readonly Payload[]).map(({ idToken, idTokenInfo }) => {
        const { status, cacheExpiryDateTime: until } = (idTokenInfo ?? {}) as {
          readonly status?: string
          readonly cacheExpiryDateTime?: string
        }
        const expiresAt = until === undefined ? undefined : Date.parse(until)
        return { idTag: (idToken as Token).idToken, status, expiresAt }
      })
      return { status: localList.update(Number(versionNumber), tags, updateType === 'Full') }
    },
  }
}

/** The same thing as in 1.6 with other names; of several schedules the first counts. (OCPP 2.0.1, ChargingProfileType) */
function profile201(wire: Payload) {
  const [schedule] = wire['chargingSchedule'] as readonly Payload[]
  return profileOf({
    ...wire,
    chargingSchedule: schedule,
    chargingProfilePurpose: purposeOf(wire['chargingProfilePurpose']),
  })
}

const purposeOf = (purpose: unknown) => (purpose === 'ChargingStationMaxProfile' ? 'ChargePointMaxProfile' : purpose)

function profileAnswers(parts: CommandParts, find: Find): Answers {
  return {
    SetChargingProfile: ({ evseId, chargingProfile }) => {
      const profile = profile201(chargingProfile as Payload)
      // What the grid forbids is told by the station, not to it. (OCPP 2.0.1, K01.FR.22)
      if (String(profile.purpose) === 'ChargingStationExternalConstraints') return { status: 'Rejected' }
      return { status: setProfile(parts, Number(evseId), profile) }
    },
    ClearChargingProfile: ({ chargingProfileId, chargingProfileCriteria }) => {
      const { evseId, chargingProfilePurpose, stackLevel } = (chargingProfileCriteria ?? {}) as {
        readonly evseId?: number
        readonly chargingProfilePurpose?: string
        readonly stackLevel?: number
      }
      const cleared = parts.power.clear({
        id: chargingProfileId as number | undefined,
        connectorId: evseId,
        purpose: purposeOf(chargingProfilePurpose) as string | undefined,
        stackLevel,
      })
      return { status: cleared > 0 ? 'Accepted' : 'Unknown' }
    },
    GetCompositeSchedule: ({ evseId, duration, chargingRateUnit = 'W' }) => {
      if (evseId !== 0 && !find(evseId)) return { status: 'Rejected' }
      return {
        status: 'Accepted',
        schedule: {
          evseId,
          duration,
          scheduleStart: new Date(parts.clock.now()).toISOString(),
          chargingRateUnit,
          chargingSchedulePeriod: parts.power
            .schedule(Number(evseId), Number(duration))
            .map(({ startS, limitW }) => ({ startPeriod: startS, limit: inUnit(limitW, String(chargingRateUnit)) })),
        },
      }
    },
  }
}
