/** A station's words in OCPP 1.6. */
import type { Charge } from '../charge.ts'
import type { Connector } from '../connector.ts'
import type { Dialect, Ending } from '../dialect.ts'
import { type DialectParts, type Identity, stamp, tellLate } from '../dialect-parts.ts'
import { OcppError, type OcppLink, type Payload } from '../link.ts'
import { meterValueOf, signedValueOf } from './meter-value.ts'

export function createDialect16(parts: DialectParts): Dialect {
  const ids = new WeakMap<Charge, number>()
  const told = new WeakMap<Connector, string>()
  return {
    boot: () => bootOf(parts.identity),
    authorize: ({ idTag }) => authorize(parts.link, idTag),
    status: (connector, { always }) => {
      if (told.get(connector) === connector.status && !always) return
      told.set(connector, connector.status)
      tellStatus(parts, connector)
    },
    everything: () => tellAll(parts),
    plugged: () => undefined,
    unplugged: () => undefined,
    granted: () => undefined,
    released: () => undefined,
    flowChanged: () => undefined,
    reservationEnded: () => undefined,
    began: (connector, charge) => begin(parts, ids, { connector, charge }),
    sampled: (connector, charge, context) => {
      const values = [
        meterValueOf(parts, connector.metering.snapshot(), {
          context,
          measurands: parts.configuration.text('MeterValuesSampledData'),
        }),
      ]
      const { connectorId } = connector.parts
      tellLate(parts, () =>
        parts.outbox.push({
          action: 'MeterValues',
          importance: 'sample',
          make: () => {
            const transactionId = idOf(parts, ids, charge)
            return transactionId === undefined ? undefined : { connectorId, transactionId, meterValue: values }
          },
        }),
      )
    },
    metered: (connector, context) => {
      const name = context === 'Sample.Clock' ? 'MeterValuesAlignedData' : 'MeterValuesSampledData'
      const value = meterValueOf(parts, connector.metering.snapshot(), {
        context,
        measurands: parts.configuration.text(name),
      })
      if (value.sampledValue.length === 0) return
      const payload = { connectorId: connector.parts.connectorId, meterValue: [value] }
      parts.outbox.push({ action: 'MeterValues', importance: 'sample', make: () => payload })
    },
    ended: (connector, charge, end) => ended(parts, ids, { connector, charge, end }),
    transactionId: ({ charging }) => (charging === undefined ? undefined : ids.get(charging)?.toString()),
  }
}

type Ids = WeakMap<Charge, number>

/** Far from every id a central system is likely to have given. */
const wrongBy = 1_000_000

function idOf({ behaviour }: DialectParts, ids: Ids, charge: Charge): number | undefined {
  const id = ids.get(charge)
  return id === undefined || behaviour().transactionIds === 'right' ? id : id + wrongBy
}

function begin(
  parts: DialectParts,
  ids: Ids,
  { connector, charge }: { readonly connector: Connector; readonly charge: Charge },
): void {
  const { idTag, reservationId } = charge.claim
  const payload = {
    connectorId: connector.parts.connectorId,
    idTag,
    meterStart: Math.floor(charge.begin.registerWh),
    timestamp: stamp(parts, charge.begin.at),
    ...(reservationId !== undefined && { reservationId }),
  }
  parts.outbox.push({
    action: 'StartTransaction',
    importance: 'transaction',
    make: () => payload,
    onAnswer: ({ transactionId, idTagInfo }) => {
      if (typeof transactionId === 'number') ids.set(charge, transactionId)
      parts.onChange()
      const { status } = (idTagInfo ?? {}) as { readonly status?: string }
      if (status !== 'Accepted' && parts.configuration.flag('StopTransactionOnInvalidId'))
        charge.stopUnwanted('DeAuthorized')
    },
    onGivenUp: () => {
      charge.refused = true
      charge.stopUnwanted('Other')
    },
  })
}

function ended(
  parts: DialectParts,
  ids: Ids,
  { connector, charge, end }: { readonly connector: Connector; readonly charge: Charge; readonly end: Ending },
): void {
  const transactionData = transactionDataOf(parts, { connector, charge, end })
  const payload = {
    meterStop: Math.floor(end.snapshot.registerWh),
    timestamp: stamp(parts, end.snapshot.at),
    reason: end.reason,
    ...(end.reason === 'Local' && { idTag: charge.claim.idTag }),
    ...(transactionData.length > 0 && { transactionData }),
  }
  parts.outbox.push({
    action: 'StopTransaction',
    importance: 'transaction',
    make: () => (charge.refused ? undefined : { transactionId: idOf(parts, ids, charge) ?? -1, ...payload }),
  })
}

/** First and last reading, where they are wanted, and what the meter signed of each. */
function transactionDataOf(
  parts: DialectParts,
  { connector, charge, end }: { readonly connector: Connector; readonly charge: Charge; readonly end: Ending },
): readonly Payload[] {
  const measurands = parts.configuration.text('StopTxnSampledData')
  const keys = parts.configuration.text('PublicKeyWithSignedMeterValue')
  const publicKeyHex = keys === 'Never' ? undefined : parts.signer.publicKeyHex(connector)
  const value = (context: 'Transaction.Begin' | 'Transaction.End') => {
    const isBegin = context === 'Transaction.Begin'
    const record = isBegin ? parts.signer.begin(connector, charge) : parts.signer.end(connector, charge, end)
    const withKey = isBegin || keys === 'EveryMeterValue'
    const signed = record === undefined ? undefined : { record, publicKeyHex: withKey ? publicKeyHex : undefined }
    const plain = meterValueOf(parts, isBegin ? charge.begin : end.snapshot, { context, measurands })
    const more = signedValueOf(signed, { context, bare: keys === 'Never' })
    return { ...plain, sampledValue: [...plain.sampledValue, ...more] }
  }
  return [value('Transaction.Begin'), value('Transaction.End')].filter(({ sampledValue }) => sampledValue.length > 0)
}

function tellStatus(parts: DialectParts, connector: Connector): void {
  const payload = {
    connectorId: connector.parts.connectorId,
    errorCode: connector.errorCode,
    status: connector.status,
    timestamp: stamp(parts, parts.clock.now()),
  }
  parts.outbox.push({ action: 'StatusNotification', importance: 'news', make: () => payload })
}

/** The station as a whole (connector 0) and each connector. (OCPP 1.6, 4.9) */
function tellAll(parts: DialectParts): void {
  const connectors = parts.connectors()
  const status = connectors.every((connector) => connector.status === 'Unavailable') ? 'Unavailable' : 'Available'
  const payload = { connectorId: 0, errorCode: 'NoError', status, timestamp: stamp(parts, parts.clock.now()) }
  parts.outbox.push({ action: 'StatusNotification', importance: 'news', make: () => payload })
  for (const connector of connectors) connector.report({ always: true })
}

function bootOf({ id, vendor, model, firmware }: Identity): Payload {
  return {
    chargePointVendor: vendor.slice(0, 20),
    chargePointModel: model.slice(0, 20),
    chargePointSerialNumber: id.slice(0, 25),
    firmwareVersion: firmware.slice(0, 50),
  }
}

/** (OCPP 1.6, 4.1 Authorize) */
async function authorize(link: OcppLink, idTag: string): Promise<boolean> {
  try {
    const answer = await link.call('Authorize', { idTag })
    return (answer['idTagInfo'] as { readonly status?: string } | undefined)?.status === 'Accepted'
  } catch (error) {
    if (error instanceof OcppError) return false
    throw error
  }
}
