/** What stations say, in the words of either protocol, so that one story holds for both. */
import type { RawStation } from './raw-station.ts'

type Status = 'Available' | 'Charging' | 'Finishing' | 'Faulted' | 'Unavailable' | 'Reserved'
type Payload = Readonly<Record<string, unknown>>

export interface Words {
  readonly names: { readonly start: string; readonly stop: string }
  readonly boot: (station: RawStation) => Promise<Payload>
  readonly status: (station: RawStation, status: Status, at: string) => Promise<Payload>
  /** The transaction that follows the last remote start; its number is kept. */
  readonly begin: (
    station: RawStation,
    at: string,
    wh: number,
  ) => Promise<{ readonly id: unknown; readonly answer: string }>
  readonly meter: (station: RawStation, id: unknown, reading: Reading) => Promise<Payload>
  /** The car takes no more, or takes again. */
  readonly flow: (station: RawStation, id: unknown, at: string, parking: boolean) => Promise<Payload>
  readonly end: (station: RawStation, id: unknown, at: string, wh: number) => Promise<Payload>
}
export interface Reading {
  readonly at: string
  readonly wh: number
  readonly signed?: 'Transaction.Begin' | 'Transaction.End'
  /** 11 kW unless said; `null`: this station does not tell. */
  readonly powerW?: number | null
  /** On each of three phases; 16 A on one unless said. */
  readonly phaseA?: readonly number[]
}
const PHASES = ['L1', 'L2', 'L3'] as const

const lastOf = (station: RawStation, action: string) => station.got.findLast((each) => each.action === action)!.payload
const OCMF = 'OCMF|{"FV":"1.0","RD":[{"RV":1,"RU":"kWh"}]}|{"SD":"304402"}'

export const words16: Words = {
  names: { start: 'RemoteStartTransaction', stop: 'RemoteStopTransaction' },
  boot: (station) => station.say('BootNotification', { chargePointVendor: 'Raw', chargePointModel: 'R1' }),
  status: (station, status, timestamp) =>
    station.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status, timestamp }),
  begin: async (station, timestamp, meterStart) => {
    const { idTag } = lastOf(station, 'RemoteStartTransaction')
    const answer = await station.say('StartTransaction', { connectorId: 1, idTag, meterStart, timestamp })
    const { status } = answer['idTagInfo'] as { readonly status: string }
    return { id: answer['transactionId'], answer: status }
  },
  meter: (station, transactionId, { at, wh, signed, powerW = 11_000, phaseA = [16] }) =>
    station.say('MeterValues', {
      connectorId: 1,
      transactionId,
      meterValue: [
        {
          timestamp: at,
          sampledValue: [
            { value: String(wh / 1000), unit: 'kWh', measurand: 'Energy.Active.Import.Register' },
            ...(powerW === null ? [] : [{ value: String(powerW), unit: 'W', measurand: 'Power.Active.Import' }]),
            ...phaseA.map((amperes, phase) => ({
              ...{ value: String(amperes), unit: 'A', measurand: 'Current.Import', phase: PHASES[phase] },
            })),
            { value: '47', unit: 'Percent', measurand: 'SoC', location: 'EV' },
            ...(signed ? [{ value: OCMF, format: 'SignedData', context: signed }] : []),
          ],
        },
      ],
    }),
  flow: (station, _, timestamp, parking) =>
    station.say('StatusNotification', {
      connectorId: 1,
      errorCode: 'NoError',
      status: parking ? 'SuspendedEV' : 'Charging',
      timestamp,
    }),
  end: (station, transactionId, timestamp, meterStop) =>
    station.say('StopTransaction', { transactionId, meterStop, timestamp, reason: 'EVDisconnected' }),
}

const evse = { id: 1, connectorId: 1 }
let seqNo = 0

function event(station: RawStation, id: unknown, more: Payload): Promise<Payload> {
  const { chargingState, ...rest } = more
  const state = chargingState === undefined ? {} : { chargingState }
  return station.say('TransactionEvent', {
    triggerReason: 'MeterValuePeriodic',
    seqNo: seqNo++,
    transactionInfo: { transactionId: id, ...state, ...(rest['transactionInfo'] as object | undefined) },
    evse,
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'transactionInfo')),
  })
}

const sampled = ({ at, wh, signed, powerW = 11_000, phaseA = [16] }: Reading, context = 'Sample.Periodic') => [
  {
    timestamp: at,
    sampledValue: [
      {
        value: wh / 1000,
        context: signed ?? context,
        measurand: 'Energy.Active.Import.Register',
        unitOfMeasure: { unit: 'kWh' },
        ...(signed && {
          signedMeterValue: {
            signedMeterData: Buffer.from(OCMF).toString('base64'),
            signingMethod: 'ECDSA-secp256r1-SHA256',
            encodingMethod: 'OCMF',
            publicKey: 'b2NhOmJhc2UxNjphc24xOjMwNTk=',
          },
        }),
      },
      ...(powerW === null ? [] : [{ value: powerW, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W' } }]),
      ...phaseA.map((value, phase) => ({ value, measurand: 'Current.Import', phase: PHASES[phase] })),
      { value: 47, measurand: 'SoC', location: 'EV' },
    ],
  },
]

export const words201: Words = {
  names: { start: 'RequestStartTransaction', stop: 'RequestStopTransaction' },
  boot: (station) =>
    station.say('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'Raw', model: 'R2' } }),
  status: (station, status, timestamp) =>
    station.say('StatusNotification', {
      evseId: 1,
      connectorId: 1,
      timestamp,
      connectorStatus: status === 'Charging' || status === 'Finishing' ? 'Occupied' : status,
    }),
  begin: async (station, timestamp, wh) => {
    const { idToken, remoteStartId } = lastOf(station, 'RequestStartTransaction')
    const id = `tx-${station.id}-${++seqNo}`
    const answer = await event(station, id, {
      eventType: 'Started',
      timestamp,
      triggerReason: 'RemoteStart',
      transactionInfo: { remoteStartId },
      chargingState: 'Charging',
      idToken,
      meterValue: sampled({ at: timestamp, wh }, 'Transaction.Begin'),
    })
    return { id, answer: (answer['idTokenInfo'] as { readonly status: string }).status }
  },
  meter: (station, id, reading) =>
    event(station, id, { eventType: 'Updated', timestamp: reading.at, meterValue: sampled(reading) }),
  flow: (station, id, timestamp, parking) =>
    event(station, id, {
      eventType: 'Updated',
      timestamp,
      triggerReason: 'ChargingStateChanged',
      chargingState: parking ? 'SuspendedEV' : 'Charging',
    }),
  end: (station, id, timestamp, wh) =>
    event(station, id, {
      eventType: 'Ended',
      timestamp,
      triggerReason: 'EVDeparted',
      transactionInfo: { stoppedReason: 'EVDisconnected' },
      meterValue: sampled({ at: timestamp, wh }, 'Transaction.End'),
    }),
}
