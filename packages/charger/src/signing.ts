/** Readings signed by the meter itself, in the Open Charge Metering Format. (OCMF 1.0) */
import { createECDH, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { Snapshot } from './samples.ts'

export const SIGNING_METHOD = 'ECDSA-secp256r1-SHA256'
export const ENCODING_METHOD = 'OCMF'

export interface MeterKey {
  /** SubjectPublicKeyInfo, DER, hexadecimal. */
  readonly publicKeyHex: string
  /** ECDSA over SHA-256, DER, hexadecimal. */
  readonly sign: (text: string) => string
}

/**
 * The key of a simulated meter follows from its serial number: the same meter has the same key after a restart, and
 * nobody should trust what it signs.
 */
export function meterKeyOf(serial: string): MeterKey {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(createHash('sha256').update(`simulated meter ${serial}`).digest())
  const point = pair.getPublicKey()
  const text = (bytes: Buffer) => bytes.toString('base64url')
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: text(pair.getPrivateKey()),
      x: text(point.subarray(1, 33)),
      y: text(point.subarray(33)),
    },
  })
  return {
    publicKeyHex: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('hex'),
    sign: (signed) => sign('sha256', Buffer.from(signed, 'utf8'), key).toString('hex'),
  }
}

/** Why a reading was taken: B begin, E end, L local stop, R remote stop, A aborted, P power lost. */
export type ReadingReason = 'B' | 'E' | 'L' | 'R' | 'A' | 'P'

export interface SignedRecord {
  readonly station: string
  readonly firmware: string
  readonly serial: string
  readonly kind: 'AC' | 'DC'
  /** Grows by one with every record of a meter. */
  readonly page: number
  readonly idTag: string
  readonly byCard: boolean
  readonly readings: readonly { readonly snapshot: Snapshot; readonly reason: ReadingReason; readonly skewMs: number }[]
}

export function ocmf(record: SignedRecord, key: MeterKey): string {
  const [first] = record.readings
  const payload = JSON.stringify({
    FV: '1.0',
    GI: 'Plugtill simulated charger',
    GS: record.station,
    GV: record.firmware,
    PG: `T${record.page}`,
    MV: 'Plugtill',
    MM: 'Simulated meter',
    MS: record.serial,
    IS: true,
    IT: record.byCard ? 'ISO14443' : 'CENTRAL',
    ID: record.idTag,
    RD: record.readings.map((reading) => ({
      TM: timeOf(reading.snapshot.at + reading.skewMs),
      TX: reading.reason,
      RV: Math.floor(reading.snapshot.registerWh),
      // What the reading before said already is left out. (OCMF, Readings)
      ...(reading === first && { RI: '1-b:1.8.0', RU: 'Wh', RT: record.kind }),
      ST: 'G',
    })),
  }).replaceAll('|', '\\u007c')
  return `OCMF|${payload}|${JSON.stringify({ SA: SIGNING_METHOD, SD: key.sign(payload) })}`
}

/** ISO 8601 with a comma before the milliseconds, and S for a synchronised clock. (OCMF, Readings TM) */
function timeOf(at: number): string {
  return `${new Date(at).toISOString().replace('.', ',').replace('Z', '+0000')} S`
}
