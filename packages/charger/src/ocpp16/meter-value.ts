import { type DialectParts, stamp } from '../dialect-parts.ts'
import type { Payload } from '../link.ts'
import { ENERGY, readingsOf, type SampleContext, type Snapshot } from '../samples.ts'

export interface Wanted {
  readonly context: SampleContext
  readonly measurands: string
}

/** A MeterValue with the measurands that are configured and known. (OCPP 1.6, 7.33 MeterValue) */
export function meterValueOf(
  parts: Pick<DialectParts, 'behaviour'>,
  snapshot: Snapshot,
  { context, measurands }: Wanted,
): { readonly timestamp: string; readonly sampledValue: readonly Payload[] } {
  return {
    timestamp: stamp(parts, snapshot.at),
    sampledValue: readingsOf(snapshot, measurands).map(({ measurand, value, unit, phase, location }) => ({
      value: String(value),
      context,
      measurand,
      // 1.6 has no unit for a frequency.
      ...(unit !== 'Hertz' && { unit }),
      ...(phase !== undefined && { phase }),
      ...(location !== undefined && { location }),
    })),
  }
}

/** What the meter signed, as it is. (OCPP 1.6, 7.45 ValueFormat) */
export function signedValueOf(signed: string | undefined, context: SampleContext): readonly Payload[] {
  return signed === undefined ? [] : [{ value: signed, context, format: 'SignedData', measurand: ENERGY }]
}
