import { type DialectParts, stamp } from '../dialect-parts.ts'
import type { Payload } from '../link.ts'
import { type Signed, signedOf } from '../ocpp201/meter-value.ts'
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

/**
 * What the meter signed: as the fields of 2.0.1 in JSON, or, where the central system wants no keys with it, as it is.
 * (OCPP 1.6, 7.45 ValueFormat; application note "Signed Meter Values in OCPP")
 */
export function signedValueOf(
  signed: Signed | undefined,
  { context, bare }: { readonly context: SampleContext; readonly bare: boolean },
): readonly Payload[] {
  if (signed === undefined) return []
  const value = bare ? signed.record : JSON.stringify(signedOf(signed))
  return [{ value, context, format: 'SignedData', measurand: ENERGY }]
}
