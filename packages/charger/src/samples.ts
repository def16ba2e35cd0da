import type { Payload } from './link.ts'

/** What a meter shows at one moment. */
export interface Snapshot {
  readonly at: number
  readonly registerWh: number
  readonly powerW: number
  readonly currentA: number
  readonly soc: number | undefined
}

export type SampleContext = 'Sample.Periodic' | 'Transaction.Begin' | 'Transaction.End' | 'Trigger'

/** A MeterValue with the measurands that are configured and known. (OCPP 1.6, 7.33 MeterValue) */
export function meterValueOf(snapshot: Snapshot, context: SampleContext, measurands: string): Payload {
  const wanted = measurands.split(',').map((name) => name.trim())
  const sample = (measurand: string, value: number | undefined, unit: string, place?: string) =>
    value === undefined || !wanted.includes(measurand)
      ? []
      : [{ value: String(value), context, measurand, unit, ...(place ? { location: place } : {}) }]
  return {
    timestamp: new Date(snapshot.at).toISOString(),
    sampledValue: [
      ...sample('Energy.Active.Import.Register', Math.floor(snapshot.registerWh), 'Wh'),
      ...sample('Power.Active.Import', Math.round(snapshot.powerW), 'W'),
      ...sample('Current.Import', Math.round(snapshot.currentA * 10) / 10, 'A'),
      ...sample('SoC', snapshot.soc === undefined ? undefined : Math.floor(snapshot.soc), 'Percent', 'EV'),
    ],
  }
}
