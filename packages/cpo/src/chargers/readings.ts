/** What a meter says, from the samples of either protocol. (OCPP 1.6, 7.43 SampledValue; OCPP 2.0.1, SampledValueType) */
import type { Protocol, Reading, SignedReading } from './events.ts'
import type { Payload } from './link.ts'
import { malformed, momentOf } from './payloads.ts'

interface Sample {
  readonly measurand: string
  readonly value: number
  readonly phased: boolean
  /** What flows back: counted in the phases already. */
  readonly neutral: boolean
  readonly context: string
}

/** 10 TWh: no register of a charger shows more, and money stays exact below it. */
const HIGHEST_REGISTER_WH = 1e13
const scale: Readonly<Record<string, number>> = { kWh: 1000, kW: 1000 }

/** Readings of a list of meter values, in the order of the message; one that says nothing about a session is left out. */
export function readingsOf(values: unknown, protocol: Protocol = 'ocpp1.6'): readonly Reading[] {
  if (!Array.isArray(values)) throw malformed('meterValue', values, 'a list of meter values')
  return (values as readonly Payload[]).flatMap((meterValue) => {
    const at = momentOf(meterValue, 'timestamp')
    const sampled = Array.isArray(meterValue['sampledValue']) ? (meterValue['sampledValue'] as readonly Payload[]) : []
    const samples = sampled.map(protocol === 'ocpp1.6' ? sampleOf16 : sampleOf201).filter((one) => one !== undefined)
    const signed = sampled.flatMap((one) => (protocol === 'ocpp1.6' ? signedOf16(one, at) : signedOf201(one, at)))
    const energyWh = pick(samples, 'Energy.Active.Import.Register', 'sum')
    const possible = energyWh !== undefined && energyWh >= 0 && energyWh <= HIGHEST_REGISTER_WH
    const reading: Reading = {
      at,
      ...(possible ? { energyWh } : {}),
      ...told('powerW', pick(samples, 'Power.Active.Import', 'sum')),
      ...told('currentA', pick(samples, 'Current.Import', 'sum')),
      ...told('soc', pick(samples, 'SoC', 'highest')),
      ...(signed.length === 0 ? {} : { signed }),
    }
    // A register that no meter can show makes the whole sample doubtful.
    const impossible = energyWh !== undefined && !possible
    return impossible || Object.keys(reading).length === 1 ? [] : [reading]
  })
}

/** The register where a transaction begins or ends: the sample that says so, else the first or the last. */
export function edgeOf(values: unknown, edge: 'Transaction.Begin' | 'Transaction.End'): number | undefined {
  if (!Array.isArray(values)) return undefined
  const list = values as readonly Payload[]
  const marked = list.filter((each) =>
    (each['sampledValue'] as readonly Payload[] | undefined)?.some((sample) => sample['context'] === edge),
  )
  const chosen = readingsOf(marked.length > 0 ? marked : list, 'ocpp2.0.1').filter((one) => one.energyWh !== undefined)
  return chosen.at(edge === 'Transaction.Begin' ? 0 : -1)?.energyWh
}

const told = (name: 'powerW' | 'currentA' | 'soc', value: number | undefined) =>
  value === undefined || !Number.isFinite(value) ? {} : { [name]: value }

function sampleOf16(sampled: Payload): Sample | undefined {
  const text = String(sampled['value'] ?? '').trim()
  const value = text === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || sampled['format'] === 'SignedData') return undefined
  return {
    measurand: String(sampled['measurand'] ?? 'Energy.Active.Import.Register'),
    value: value * (scale[String(sampled['unit'])] ?? 1),
    phased: sampled['phase'] !== undefined,
    neutral: sampled['phase'] === 'N',
    context: String(sampled['context'] ?? 'Sample.Periodic'),
  }
}

function sampleOf201(sampled: Payload): Sample | undefined {
  const value = sampled['value']
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  const { unit, multiplier } = (sampled['unitOfMeasure'] ?? {}) as { readonly unit?: string; multiplier?: number }
  return {
    measurand: String(sampled['measurand'] ?? 'Energy.Active.Import.Register'),
    value: value * (scale[String(unit)] ?? 1) * 10 ** (multiplier ?? 0),
    phased: sampled['phase'] !== undefined,
    neutral: sampled['phase'] === 'N',
    context: String(sampled['context'] ?? 'Sample.Periodic'),
  }
}

function pick(samples: readonly Sample[], measurand: string, acrossPhases: 'sum' | 'highest'): number | undefined {
  const found = samples.filter((sample) => sample.measurand === measurand && !sample.neutral)
  const whole = found.find((sample) => !sample.phased)
  if (whole || found.length === 0) return whole?.value
  const values = found.map((sample) => sample.value)
  return acrossPhases === 'sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values)
}

const NATURE: Readonly<Record<string, SignedReading['nature']>> = {
  'Transaction.Begin': 'Start',
  'Transaction.End': 'End',
}

/**
 * In OCPP 1.6 the value itself is the signed text: OCMF says so in its first letters, or the fields of 2.0.1 stand in
 * it as JSON. (OCPP 1.6, 7.42 ValueFormat; application note "Signed Meter Values in OCPP")
 */
function signedOf16(sampled: Payload, at: number): readonly SignedReading[] {
  const plain = sampled['value']
  if (sampled['format'] !== 'SignedData' || typeof plain !== 'string' || plain === '') return []
  const inside = objectIn(plain)
  if (inside !== undefined) return signedOf201({ ...sampled, signedMeterValue: inside }, at)
  return [
    {
      at,
      nature: NATURE[String(sampled['context'])] ?? 'Intermediate',
      ...(plain.startsWith('OCMF|') ? { encoding: 'OCMF' } : {}),
      plain,
      data: Buffer.from(plain, 'utf8').toString('base64'),
    },
  ]
}

function objectIn(text: string): Payload | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const value = JSON.parse(text) as Payload
    return typeof value['signedMeterData'] === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** (OCPP 2.0.1, SignedMeterValueType) */
function signedOf201(sampled: Payload, at: number): readonly SignedReading[] {
  const value = sampled['signedMeterValue'] as Payload | undefined
  const data = value?.['signedMeterData']
  if (value === undefined || typeof data !== 'string' || data === '') return []
  const { encodingMethod, publicKey } = value as { readonly encodingMethod?: string; readonly publicKey?: string }
  return [
    {
      at,
      nature: NATURE[String(sampled['context'])] ?? 'Intermediate',
      ...(encodingMethod ? { encoding: encodingMethod } : {}),
      ...(publicKey ? { publicKey } : {}),
      plain: Buffer.from(data, 'base64').toString('utf8'),
      data,
    },
  ]
}
