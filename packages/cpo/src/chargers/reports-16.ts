/** The messages of a charger that speaks OCPP 1.6. */
import { evseStatusOf } from './evse-status.ts'
import { type Answer, ChargerLinkError, type Payload } from './link.ts'
import { integerOf, momentOf, statusOf, textOf } from './payloads.ts'
import { readingsOf } from './readings.ts'
import type { Desk } from './reports.ts'

export function answers16(desk: Desk): Readonly<Record<string, Answer>> {
  const { chargerId, tell } = desk
  const nothing = () => ({})
  return {
    BootNotification: async (payload) => ({
      ...(await desk.boot({
        type: 'booted',
        chargerId,
        at: desk.now(),
        vendor: textOf(payload, 'chargePointVendor'),
        model: textOf(payload, 'chargePointModel'),
        ...(payload['chargePointSerialNumber'] === undefined
          ? {}
          : { serial: textOf(payload, 'chargePointSerialNumber') }),
        ...(payload['firmwareVersion'] === undefined ? {} : { firmware: textOf(payload, 'firmwareVersion') }),
      })),
    }),
    Heartbeat: () => ({ currentTime: new Date(desk.now()).toISOString() }),
    Authorize: async (payload) => ({ idTagInfo: { status: await desk.judge(textOf(payload, 'idTag', 20)) } }),
    StatusNotification: async (payload) => {
      const ocppStatus = statusOf(payload)
      await tell({
        type: 'status-changed',
        chargerId,
        connectorId: integerOf(payload, 'connectorId'),
        ocppStatus,
        ocpiStatus: evseStatusOf[ocppStatus],
        errorCode: textOf(payload, 'errorCode'),
        at: payload['timestamp'] === undefined ? desk.now() : momentOf(payload, 'timestamp'),
      })
      return {}
    },
    StartTransaction: (payload) => startTransaction(desk, payload),
    MeterValues: async (payload) => {
      if (payload['transactionId'] === undefined) return {}
      const transactionId = integerOf(payload, 'transactionId')
      const connectorId = integerOf(payload, 'connectorId')
      for (const reading of readingsOf(payload['meterValue'])) {
        await tell({ type: 'metered', chargerId, connectorId, transactionId, ...reading })
      }
      return {}
    },
    StopTransaction: (payload) => stopTransaction(desk, payload),
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
    DiagnosticsStatusNotification: nothing,
    FirmwareStatusNotification: nothing,
    LogStatusNotification: nothing,
    SecurityEventNotification: nothing,
    SignedFirmwareStatusNotification: nothing,
    SignCertificate: () => ({ status: 'Rejected' }),
    ...Object.fromEntries(OURS_TO_SEND.map((action) => [action, notForUs(action)])),
  }
}

/** Known actions that only a central system sends. */
const OURS_TO_SEND = ['ChangeAvailability', 'ChangeConfiguration', 'GetConfiguration', 'Reset', 'UnlockConnector']

/** (OCPP-J 1.6, 4.2.3 NotSupported: recognised, but not supported by the receiver) */
export function notForUs(action: string): Answer {
  return () => {
    throw new ChargerLinkError('refused', `${action} is not for a central system.`, 'NotSupported')
  }
}

async function startTransaction({ chargerId, tell, nextTransactionId }: Desk, payload: Payload): Promise<Payload> {
  const connectorId = integerOf(payload, 'connectorId')
  const idTag = textOf(payload, 'idTag', 20)
  const meterStartWh = integerOf(payload, 'meterStart')
  const at = momentOf(payload, 'timestamp')
  const proposed = await nextTransactionId()
  const answer = await tell({
    type: 'transaction-started',
    chargerId,
    connectorId,
    idTag,
    meterStartWh,
    at,
    transactionId: proposed,
    startKey: [chargerId, connectorId, idTag, at, meterStartWh].join('|'),
  })
  return {
    transactionId: answer?.transactionId ?? proposed,
    idTagInfo: { status: answer?.idTagStatus ?? 'Accepted' },
  }
}

async function stopTransaction({ chargerId, tell }: Desk, payload: Payload): Promise<Payload> {
  const data = payload['transactionData']
  const answer = await tell({
    type: 'transaction-stopped',
    chargerId,
    transactionId: integerOf(payload, 'transactionId'),
    meterStopWh: integerOf(payload, 'meterStop'),
    at: momentOf(payload, 'timestamp'),
    reason: payload['reason'] === undefined ? 'Local' : textOf(payload, 'reason'),
    ...(payload['idTag'] === undefined ? {} : { idTag: textOf(payload, 'idTag', 20) }),
    ...(data === undefined ? {} : { readings: readingsOf(data) }),
  })
  return answer?.idTagStatus === undefined ? {} : { idTagInfo: { status: answer.idTagStatus } }
}
