import type { Cdr, ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import { parseDateTime } from '@plugtill/ocpi/types'
import type { LintFinding } from './lint/finding.ts'

/** What of a CDR or a Session its periods can be held against. */
export interface Measured {
  readonly start_date_time: string
  /** The end, or until when a running session is known. */
  readonly end: string
  readonly charging_periods?: readonly ChargingPeriod[] | null
  readonly energyKwh: number
  /** Where `energyKwh` stands. */
  readonly energyPath: string
}

export interface PowerLimit {
  readonly kw: number
  /** Where the limit comes from, in words. */
  readonly from: string
}

interface Read {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly hours: number
  readonly volumes: ReadonlyMap<string, number>
}

// What the wiring of each kind can carry at all: far above it lies a wrong unit, not a strong charger.
const mostKw: Readonly<Record<string, number>> = {
  AC_1_PHASE: 20,
  AC_2_PHASE: 40,
  AC_2_PHASE_SPLIT: 25,
  AC_3_PHASE: 90,
  DC: 1500,
}

/** The most a connector can give: as the caller knows it, else what its kind can carry. */
export function powerLimitOf(location: Cdr['cdr_location'] | undefined, maxPowerKw?: number): PowerLimit | undefined {
  if (maxPowerKw !== undefined) return { kw: maxPowerKw, from: `the connector gives at most ${maxPowerKw} kW` }
  if (location === undefined) return undefined
  const { connector_power_type: kind, connector_standard: standard } = location
  const kw = standard === 'MCS' ? 4500 : mostKw[kind]
  return kw === undefined ? undefined : { kw, from: `no ${kind} connector gives more than ${kw} kW` }
}

/** What is wrong with the periods themselves, whatever they cost. (cdrs › ChargingPeriod; E-65, C-606) */
export function periodFindings(measured: Measured, power: PowerLimit | undefined): readonly LintFinding[] {
  const read = readPeriods(measured)
  const units = unitFindings(measured, read)
  return [
    ...orderFindings(measured, read),
    ...units,
    ...(units.length > 0 ? [] : sumFindings(measured, read)),
    ...(units.some((one) => one.id === 'wh-for-kwh') ? [] : powerFindings(read, power)),
    ...(units.some((one) => one.id === 'hours-unit') ? [] : timeFindings(read)),
    ...contentFindings(measured),
  ]
}

function readPeriods({ charging_periods, end }: Measured): readonly Read[] {
  const periods = charging_periods ?? []
  return periods.map((period, index) => {
    const start = parseDateTime(period.start_date_time)
    const until = parseDateTime(periods[index + 1]?.start_date_time ?? end)
    const volumes = new Map(period.dimensions.map(({ type, volume }) => [type as string, volume]))
    return { path: `/charging_periods/${index}`, start, end: until, hours: (until - start) / 3_600_000, volumes }
  })
}

const total = (read: readonly Read[], type: string) =>
  read.reduce((sum, period) => sum + (period.volumes.get(type) ?? 0), 0)

const shown = (value: number) => Number(value.toFixed(4))

function orderFindings(measured: Measured, read: readonly Read[]): readonly LintFinding[] {
  const [start, end] = [parseDateTime(measured.start_date_time), parseDateTime(measured.end)]
  const findings: LintFinding[] = []
  const add = (id: string, severity: LintFinding['severity'], path: string, reason: string, fix: string) =>
    findings.push({ id, severity, path, reason, fix })
  if (end < start)
    add(
      'end-before-start',
      'error',
      '/end_date_time',
      `It ends before it starts at ${measured.start_date_time}.`,
      'Send the time at which the session ended.',
    )
  const first = read[0]
  if (first !== undefined && first.start > start + 1000)
    add(
      'period-gap',
      'warning',
      `${first.path}/start_date_time`,
      `Nothing is told about the first ${duration(first.start - start)}.`,
      'Begin the first period when the session begins.',
    )
  read.forEach((period, index) => {
    const path = `${period.path}/start_date_time`
    const earlier = read[index - 1]
    if (period.start < start)
      add(
        'period-outside',
        'error',
        path,
        'The period begins before the session.',
        'Keep all periods between start_date_time and end_date_time.',
      )
    if (period.start > end)
      add(
        'period-outside',
        'error',
        path,
        'The period begins after the end of the session.',
        'Keep all periods between start_date_time and end_date_time.',
      )
    if (earlier !== undefined && period.start < earlier.start)
      add(
        'period-overlap',
        'error',
        path,
        'The period begins before the one in front of it; a period lasts until the next one begins.',
        'Send the periods in the order of time.',
      )
    if (earlier !== undefined && period.start === earlier.start)
      add(
        'period-empty',
        'hint',
        path,
        'Two periods begin at the same moment, so the first one has no length.',
        'Put their dimensions into one period.',
      )
  })
  return findings
}

/** Wh for kWh, minutes or seconds for hours: sums that are wrong by the factor of a unit. (E-65) */
function unitFindings(measured: Measured, read: readonly Read[]): readonly LintFinding[] {
  const findings: LintFinding[] = []
  const energy = total(read, 'ENERGY')
  const lasts = (parseDateTime(measured.end) - parseDateTime(measured.start_date_time)) / 3_600_000
  if (isTimes(energy, measured.energyKwh, 1000))
    findings.push({
      id: 'wh-for-kwh',
      severity: 'error',
      path: '/charging_periods',
      reason: `The ENERGY of all periods is ${shown(energy)}, a thousand times the ${measured.energyKwh} kWh of ${measured.energyPath}: it is in Wh.`,
      fix: 'Divide the volumes of ENERGY by 1000; OCPI counts energy in kWh.',
    })
  const time = total(read, 'TIME') + total(read, 'PARKING_TIME')
  for (const [unit, factor] of [
    ['minutes', 60],
    ['seconds', 3600],
  ] as const) {
    if (isTimes(time, lasts, factor))
      findings.push({
        id: 'hours-unit',
        severity: 'error',
        path: '/charging_periods',
        reason: `The times of all periods are ${shown(time)}, the session lasted ${shown(lasts)} hours: they are in ${unit}.`,
        fix: `Divide the volumes of TIME and PARKING_TIME by ${factor}; OCPI counts time in hours.`,
      })
  }
  return findings
}

/** About so many times; the two never meet by rounding alone. */
const isTimes = (value: number, base: number, factor: number) =>
  value > base * factor * 0.9 && value < base * factor * 1.1

function sumFindings(measured: Measured, read: readonly Read[]): readonly LintFinding[] {
  const energy = total(read, 'ENERGY')
  if (!read.some((period) => period.volumes.has('ENERGY'))) return []
  if (Math.abs(energy - measured.energyKwh) <= 0.01 + read.length * 0.0005) return []
  return [
    {
      id: 'energy-sum',
      severity: 'error',
      path: measured.energyPath,
      reason: `It is ${measured.energyKwh} kWh, the periods add up to ${shown(energy)} kWh.`,
      fix: 'Send the sum of the ENERGY of all periods.',
    },
  ]
}

/** A connector gives what the grid has: 240 V instead of 230 is no wrong meter. The same quarter a CPO's own meter has. (0052) */
const ABOVE_PLATE = 1.25
/** What a CPO says of the very period leaves rounding only. */
const ABOVE_TOLD = 1.02

function powerFindings(read: readonly Read[], limit: PowerLimit | undefined): readonly LintFinding[] {
  return read.flatMap(({ path, hours, volumes }): readonly LintFinding[] => {
    const energy = volumes.get('ENERGY') ?? 0
    const told = volumes.get('MAX_POWER')
    const found: LintFinding[] = []
    // A minute of difference between two clocks is no energy from nowhere.
    const most = (kw: number, above: number) => kw * (Math.max(0, hours) * above + 1 / 60)
    if (limit !== undefined && energy > most(limit.kw, ABOVE_PLATE))
      found.push({
        id: 'energy-beyond-power',
        severity: 'error',
        path,
        reason: `${energy} kWh in ${duration(hours * 3_600_000)}: ${limit.from}.`,
        fix: 'Check the unit (kWh), the meter and the times of the period.',
      })
    else if (told !== undefined && energy > most(told, ABOVE_TOLD))
      found.push({
        id: 'energy-beyond-max-power',
        severity: 'warning',
        path,
        reason: `${energy} kWh in ${duration(hours * 3_600_000)} is more than its MAX_POWER of ${told} kW allows.`,
        fix: 'Send MAX_POWER in kW, as the highest power of the period.',
      })
    if (limit !== undefined && told !== undefined && told > limit.kw * 1.1)
      found.push({
        id: 'power-beyond-connector',
        severity: 'warning',
        path,
        reason: `MAX_POWER is ${told} kW, but ${limit.from}.`,
        fix: 'Send MAX_POWER in kW.',
      })
    return found
  })
}

function timeFindings(read: readonly Read[]): readonly LintFinding[] {
  const timed = read.some(
    ({ volumes }) => volumes.has('TIME') || volumes.has('PARKING_TIME') || volumes.has('RESERVATION_TIME'),
  )
  if (!timed) return []
  return read.flatMap(({ path, hours, volumes }): readonly LintFinding[] => {
    const told =
      (volumes.get('TIME') ?? 0) + (volumes.get('PARKING_TIME') ?? 0) + (volumes.get('RESERVATION_TIME') ?? 0)
    const lasts = duration(hours * 3_600_000)
    if (hours >= 0 && told > hours * 1.001 + 2 / 3600)
      return [
        {
          id: 'time-beyond-period',
          severity: 'error',
          path,
          reason: `The period lasts ${lasts}, but ${duration(told * 3_600_000)} of it are told.`,
          fix: 'The times of a period cannot exceed the time until the next one begins.',
        },
      ]
    if (told < hours * 0.99 - 1 / 60)
      return [
        {
          id: 'period-gap',
          severity: 'warning',
          path,
          reason: `The period lasts ${lasts}, but only ${duration(told * 3_600_000)} of it are told as TIME or PARKING_TIME.`,
          fix: 'Tell the rest as TIME (charging or waiting for power) or PARKING_TIME (the vehicle asks for none).',
        },
      ]
    return []
  })
}

const priced = ['ENERGY', 'TIME', 'PARKING_TIME', 'RESERVATION_TIME']

function contentFindings({ charging_periods }: Measured): readonly LintFinding[] {
  return (charging_periods ?? []).flatMap((period, index) => {
    const path = `/charging_periods/${index}`
    return period.dimensions.flatMap(({ type, volume }, place): readonly LintFinding[] => {
      const here = `${path}/dimensions/${place}`
      if (period.dimensions.findIndex((one) => one.type === type) < place)
        return [
          {
            id: 'dimension-twice',
            severity: 'error',
            path: here,
            reason: `${type} is there twice in one period.`,
            fix: 'Send each dimension once per period.',
          },
        ]
      if (volume < 0 && priced.includes(type))
        return [
          {
            id: 'negative-volume',
            severity: 'error',
            path: `${here}/volume`,
            reason: `${type} is ${volume}.`,
            fix: 'Volumes are never negative, also not in a Credit CDR.',
          },
        ]
      return []
    })
  })
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (Math.abs(seconds) < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
