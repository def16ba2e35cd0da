/** The messages of a charger that speaks OCPP 2.0.1. */
import type { EventAnswer, Outlet } from './events.ts'
import { evseStatusOf } from './evse-status.ts'
import type { Answer, Payload } from './link.ts'
import { integerOf, momentOf, partOf, statusOf, textOf } from './payloads.ts'
import { edgeOf, readingsOf } from './readings.ts'
import type { Desk } from './reports.ts'
import { notForUs } from './reports-16.ts'

export function answers201(desk: Desk): Readonly<Record<string, Answer>> {
  const { chargerId, tell } = desk
  return {
    BootNotification: async (payload) => {
      const station = partOf(payload, 'chargingStation')
      return {
        ...(await desk.boot({
          type: 'booted',
          chargerId,
          at: desk.now(),
          vendor: textOf(station, 'vendorName'),
          model: textOf(station, 'model'),
          ...(station['serialNumber'] === undefined ? {} : { serial: textOf(station, 'serialNumber') }),
          ...(station['firmwareVersion'] === undefined ? {} : { firmware: textOf(station, 'firmwareVersion') }),
        })),
      }
    },
    Heartbeat: () => ({ currentTime: new Date(desk.now()).toISOString() }),
    Authorize: async (payload) => ({
      idTokenInfo: { status: await desk.judge(textOf(partOf(payload, 'idToken'), 'idToken', 36)) },
    }),
    StatusNotification: async (payload) => {
      const ocppStatus = statusOf(payload, 'connectorStatus')
      await tell({
        type: 'status-changed',
        chargerId,
        evseId: integerOf(payload, 'evseId'),
        connectorId: integerOf(payload, 'connectorId'),
        ocppStatus,
        ocpiStatus: evseStatusOf[ocppStatus],
        errorCode: ocppStatus === 'Faulted' ? 'OtherError' : 'NoError',
        at: momentOf(payload, 'timestamp'),
      })
      return {}
    },
    TransactionEvent: (payload) => transactionEvent(desk, payload),
    ReservationStatusUpdate: async (payload) => {
      const reservationId = integerOf(payload, 'reservationId')
      const expired = payload['reservationUpdateStatus'] === 'Expired'
      await tell({ type: 'reservation-ended', chargerId, reservationId, expired, at: desk.now() })
      return {}
    },
    NotifyReport: (payload) => {
      desk.inventory(payload)
      return {}
    },
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
    SignCertificate: () => ({ status: 'Rejected' }),
    NotifyEVChargingNeeds: () => ({ status: 'Rejected' }),
    NotifyEVChargingSchedule: () => ({ status: 'Rejected' }),
    ...Object.fromEntries(HEARD.map((action) => [action, () => ({})])),
    ...Object.fromEntries(NOT_SUPPORTED.map((action) => [action, notForUs(action)])),
  }
}

/** Taken note of by the answer alone: nothing here depends on them. MeterValues come outside of transactions. */
const HEARD = [
  'ClearedChargingLimit',
  'FirmwareStatusNotification',
  'LogStatusNotification',
  'MeterValues',
  'NotifyChargingLimit',
  'NotifyCustomerInformation',
  'NotifyDisplayMessages',
  'NotifyEvent',
  'NotifyMonitoringReport',
  'PublishFirmwareStatusNotification',
  'ReportChargingProfiles',
  'SecurityEventNotification',
]

const NOT_SUPPORTED = [
  'ChangeAvailability',
  'Get15118EVCertificate',
  'GetCertificateStatus',
  'GetVariables',
  'RequestStartTransaction',
  'RequestStopTransaction',
  'Reset',
  'SetVariables',
  'UnlockConnector',
]

/** Reasons for a message with a token in it that begin nothing. (OCPP 2.0.1, TriggerReasonEnumType) */
const ENDING = ['Deauthorized', 'RemoteStop', 'StopAuthorized']

/** One message tells of a start, readings, the flow of energy and an end; a repeat of it changes nothing. */
async function transactionEvent(desk: Desk, payload: Payload): Promise<Payload> {
  const { chargerId, tell } = desk
  const at = momentOf(payload, 'timestamp')
  const info = partOf(payload, 'transactionInfo')
  const transactionId = textOf(info, 'transactionId', 36)
  const outlet = outletOf(partOf(payload, 'evse'))
  const readings = payload['meterValue'] === undefined ? [] : readingsOf(payload['meterValue'], 'ocpp2.0.1')
  const started = begins(payload, info)
    ? await tell({
        type: 'transaction-started',
        chargerId,
        ...outlet,
        ...whoOf(payload, info),
        ...beginOf(payload['meterValue']),
        at,
        transactionId,
        startKey: `${chargerId}|${transactionId}`,
      })
    : undefined
  if (payload['eventType'] === 'Ended') {
    const meterStopWh = edgeOf(payload['meterValue'], 'Transaction.End')
    const reason = info['stoppedReason'] === undefined ? 'Local' : textOf(info, 'stoppedReason')
    const end = { ...(meterStopWh === undefined ? {} : { meterStopWh }), reason, readings }
    await tell({ type: 'transaction-stopped', chargerId, transactionId, at, ...end })
    return answerTo(payload, started)
  }
  for (const reading of readings) await tell({ type: 'metered', chargerId, ...outlet, transactionId, ...reading })
  const parking = PARKING[String(info['chargingState'])]
  if (parking !== undefined) await tell({ type: 'flow-changed', chargerId, transactionId, parking, at })
  return answerTo(payload, started)
}

/** (OCPP 2.0.1, ChargingStateEnumType; a pause the station makes is charging time, E-71) */
const PARKING: Readonly<Record<string, boolean>> = { Charging: false, SuspendedEVSE: false, SuspendedEV: true }

/** A message that names who charges, or says of a transaction that nobody is named for that energy flows. */
function begins(payload: Payload, info: Payload): boolean {
  if (ENDING.includes(String(payload['triggerReason']))) return false
  const { idTag, remoteStartId } = whoOf(payload, info)
  if (idTag !== undefined || remoteStartId !== undefined) return true
  return payload['triggerReason'] === 'RemoteStart' || info['chargingState'] === 'Charging'
}

function whoOf(payload: Payload, info: Payload): { readonly idTag?: string; readonly remoteStartId?: number } {
  const token = partOf(payload, 'idToken')
  // NoAuthorization has no text: a button at the station.
  const named = typeof token['idToken'] === 'string' && token['idToken'] !== ''
  const { remoteStartId } = info
  return {
    ...(named ? { idTag: textOf(token, 'idToken', 36) } : {}),
    ...(typeof remoteStartId === 'number' ? { remoteStartId } : {}),
  }
}

function outletOf(evse: Payload): Outlet {
  return {
    evseId: evse['id'] === undefined ? 0 : integerOf(evse, 'id'),
    connectorId: evse['connectorId'] === undefined ? 0 : integerOf(evse, 'connectorId'),
  }
}

function beginOf(meterValue: unknown): { readonly meterStartWh?: number } {
  const meterStartWh = edgeOf(meterValue, 'Transaction.Begin')
  return meterStartWh === undefined ? {} : { meterStartWh }
}

/** Only a token that was sent is judged. (OCPP 2.0.1, TransactionEventResponse) */
function answerTo(payload: Payload, started: EventAnswer | undefined): Payload {
  const { idToken } = partOf(payload, 'idToken')
  if (typeof idToken !== 'string' || idToken === '') return {}
  return { idTokenInfo: { status: started?.idTagStatus ?? 'Accepted' } }
}
