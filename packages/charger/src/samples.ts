/** What a meter shows, as measurands of OCPP; how a version spells them is its dialect's business. */

export type Phase = 'L1' | 'L2' | 'L3'

/** What a meter shows at one moment. */
export interface Snapshot {
  readonly at: number
  readonly registerWh: number
  readonly powerW: number
  /** Per phase that carries current. */
  readonly currentA: number
  readonly soc: number | undefined
  readonly volts: number
  /** Phases of the grid that carry current; none for DC. */
  readonly phases: readonly Phase[]
  /** What the station lets the car take at most. */
  readonly offeredW: number
  readonly offeredA: number
}

export type SampleContext = 'Sample.Periodic' | 'Sample.Clock' | 'Transaction.Begin' | 'Transaction.End' | 'Trigger'

export interface Reading {
  readonly measurand: string
  readonly value: number
  readonly unit: 'Wh' | 'W' | 'A' | 'V' | 'Percent' | 'Hertz'
  readonly phase?: string
  readonly location?: 'EV'
}

export const ENERGY = 'Energy.Active.Import.Register'

const tenth = (value: number) => Math.round(value * 10) / 10
type Measure = Pick<Reading, 'unit' | 'location'> & { readonly of: (snapshot: Snapshot) => number | undefined }

const measures: Readonly<Record<string, Measure>> = {
  [ENERGY]: { unit: 'Wh', of: ({ registerWh }) => Math.floor(registerWh) },
  'Power.Active.Import': { unit: 'W', of: ({ powerW }) => Math.round(powerW) },
  'Power.Offered': { unit: 'W', of: ({ offeredW }) => Math.round(offeredW) },
  // Without a phase it is the overall value. (OCPP 1.6, 7.43 SampledValue)
  'Current.Import': { unit: 'A', of: ({ currentA, phases }) => tenth(currentA * Math.max(1, phases.length)) },
  'Current.Offered': { unit: 'A', of: ({ offeredA }) => tenth(offeredA) },
  Voltage: { unit: 'V', of: ({ volts }) => volts },
  Frequency: { unit: 'Hertz', of: () => 50 },
  SoC: { unit: 'Percent', location: 'EV', of: ({ soc }) => (soc === undefined ? undefined : Math.floor(soc)) },
}

/** `Current.Import.L2` is the second phase alone. (OCPP 1.6, 9.1 MeterValuesSampledData) */
const ofOnePhase = /^(Current\.Import|Voltage|Power\.Active\.Import)\.(L[123])(-N)?$/

function onPhase(name: string, snapshot: Snapshot): Reading | undefined {
  const [, measurand = '', line = '', toNeutral = ''] = ofOnePhase.exec(name) ?? []
  const measure = measures[measurand]
  if (!measure) return undefined
  const { phases, currentA, powerW, volts } = snapshot
  const loaded = phases.includes(line as Phase)
  const value =
    measurand === 'Voltage'
      ? volts
      : !loaded
        ? 0
        : measurand === 'Current.Import'
          ? tenth(currentA)
          : Math.round(powerW / phases.length)
  return { measurand, value, unit: measure.unit, phase: line + toNeutral }
}

const namesOf = (measurands: string) =>
  measurands
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** Whether every name of a comma separated list is one this meter measures. */
export function measurable(measurands: string): boolean {
  return namesOf(measurands).every((name) => Object.hasOwn(measures, name) || ofOnePhase.test(name))
}

/** Readings of the measurands that are configured and known, the energy register first. */
export function readingsOf(snapshot: Snapshot, measurands: string): readonly Reading[] {
  const wanted = namesOf(measurands)
  const known = Object.entries(measures).flatMap(([measurand, { unit, location, of }]): readonly Reading[] => {
    const value = wanted.includes(measurand) ? of(snapshot) : undefined
    return value === undefined ? [] : [{ measurand, value, unit, ...(location && { location }) }]
  })
  return [...known, ...wanted.flatMap((name) => onPhase(name, snapshot) ?? [])]
}
