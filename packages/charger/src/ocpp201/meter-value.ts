import { type DialectParts, stamp } from '../dialect-parts.ts'
import type { Payload } from '../link.ts'
import { ENERGY, type Reading, readingsOf, type SampleContext, type Snapshot } from '../samples.ts'
import { ENCODING_METHOD, SIGNING_METHOD } from '../signing.ts'

export interface Wanted {
  readonly context: SampleContext
  readonly measurands: string
  /** What the meter signed of this reading. */
  readonly signed?: Signed | undefined
}

export interface Signed {
  readonly record: string
  /** Absent where the central system does not want it (again). */
  readonly publicKeyHex?: string | undefined
}

/** At most one MeterValue: none without measurands, as an empty one is not allowed. (OCPP 2.0.1, MeterValueType) */
export function meterValueOf(
  parts: Pick<DialectParts, 'behaviour'>,
  snapshot: Snapshot,
  { context, measurands, signed }: Wanted,
): readonly Payload[] {
  const readings = readingsOf(snapshot, signed === undefined ? measurands : `${ENERGY},${measurands}`)
  if (readings.length === 0) return []
  return [
    {
      timestamp: stamp(parts, snapshot.at),
      sampledValue: readings.map((reading) => ({
        ...sampled(reading, context),
        ...(signed !== undefined && reading.measurand === ENERGY && { signedMeterValue: signedOf(signed) }),
      })),
    },
  ]
}

function sampled({ measurand, value, unit, phase, location }: Reading, context: SampleContext): Payload {
  return {
    value,
    context,
    measurand,
    ...(unit !== 'Wh' && { unitOfMeasure: { unit } }),
    ...(phase !== undefined && { phase }),
    ...(location !== undefined && { location }),
  }
}

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')

/** (OCPP 2.0.1, SignedMeterValueType) The key in the notation of the Open Charge Alliance. */
export function signedOf({ record, publicKeyHex }: Signed): Payload {
  return {
    signedMeterData: base64(record),
    signingMethod: SIGNING_METHOD,
    encodingMethod: ENCODING_METHOD,
    publicKey: publicKeyHex === undefined ? '' : base64(`oca:base16:asn1:${publicKeyHex}`),
  }
}
