import type { OcppStatus } from './events.ts'
import { evseStatusOf } from './evse-status.ts'
import { ChargerLinkError, type Payload } from './link.ts'

function malformed(field: string, value: unknown, wanted: string): ChargerLinkError {
  return new ChargerLinkError(
    'refused',
    `${field} is ${JSON.stringify(value) ?? 'missing'}; send ${wanted}.`,
    'FormationViolation',
  )
}

export function textOf(payload: Payload, field: string, maxLength = 255): string {
  const value = payload[field]
  if (typeof value !== 'string' || value.length > maxLength)
    throw malformed(field, value, `text of at most ${maxLength} characters`)
  return value
}

export function integerOf(payload: Payload, field: string): number {
  const value = payload[field]
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw malformed(field, value, 'an integer')
  return value
}

export function momentOf(payload: Payload, field: string): number {
  const at = Date.parse(textOf(payload, field))
  if (Number.isNaN(at)) throw malformed(field, payload[field], 'an RFC 3339 date and time')
  return at
}

export function statusOf(payload: Payload): OcppStatus {
  const value = textOf(payload, 'status')
  if (!Object.hasOwn(evseStatusOf, value)) throw malformed('status', value, 'a ChargePointStatus of OCPP 1.6')
  return value as OcppStatus
}

export interface Reading {
  readonly at: number
  readonly energyWh: number
  readonly powerW?: number
  readonly currentA?: number
  readonly soc?: number
}

interface Sample {
  readonly measurand: string
  readonly value: number
  readonly phased: boolean
}

const scale: Readonly<Record<string, number>> = { kWh: 1000, kW: 1000 }

function sampleOf(sampled: Payload): Sample | undefined {
  const value = Number(sampled['value'])
  if (!Number.isFinite(value) || sampled['format'] === 'SignedData') return undefined
  return {
    measurand: String(sampled['measurand'] ?? 'Energy.Active.Import.Register'),
    value: value * (scale[String(sampled['unit'])] ?? 1),
    phased: sampled['phase'] !== undefined,
  }
}

function pick(samples: readonly Sample[], measurand: string, acrossPhases: 'sum' | 'highest'): number | undefined {
  const found = samples.filter((sample) => sample.measurand === measurand)
  const whole = found.find((sample) => !sample.phased)
  if (whole || found.length === 0) return whole?.value
  const values = found.map((sample) => sample.value)
  return acrossPhases === 'sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values)
}

/** 10 TWh: no register of a charger shows more, and money stays exact below it. */
const HIGHEST_REGISTER_WH = 1e13

/** The readings of a MeterValues request that carry an energy register; others say nothing about a session. (OCPP 1.6, 7.42) */
export function readingsOf(payload: Payload): readonly Reading[] {
  const values = payload['meterValue']
  if (!Array.isArray(values)) throw malformed('meterValue', values, 'a list of meter values')
  return (values as readonly Payload[]).flatMap((meterValue) => {
    const sampled = Array.isArray(meterValue['sampledValue']) ? (meterValue['sampledValue'] as readonly Payload[]) : []
    const samples = sampled.map(sampleOf).filter((sample) => sample !== undefined)
    const energyWh = pick(samples, 'Energy.Active.Import.Register', 'sum')
    if (energyWh === undefined || energyWh < 0 || energyWh > HIGHEST_REGISTER_WH) return []
    const powerW = pick(samples, 'Power.Active.Import', 'sum')
    const currentA = pick(samples, 'Current.Import', 'highest')
    const soc = pick(samples, 'SoC', 'highest')
    return [
      {
        at: momentOf(meterValue, 'timestamp'),
        energyWh,
        ...(powerW === undefined ? {} : { powerW }),
        ...(currentA === undefined ? {} : { currentA }),
        ...(soc === undefined ? {} : { soc }),
      },
    ]
  })
}
