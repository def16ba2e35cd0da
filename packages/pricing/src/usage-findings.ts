import type { CompiledTariff } from './compiled-tariff.ts'
import type { Whole } from './decimal.ts'
import { active, moment, setClock } from './moment.ts'
import type { Finding, FindingCode, PricedSession } from './price.ts'
import type { Phase, Timeline } from './timeline.ts'

interface Finds {
  readonly session: PricedSession
  readonly timeline: Timeline
  readonly findings: Finding[]
}

const mostChecks = 2000

/** One finding of a kind is enough; the first tells where to begin. */
function find(walk: Finds, code: FindingCode, message: () => string): void {
  if (!walk.findings.some((one) => one.code === code)) walk.findings.push({ code, message: message() })
}

const when = (phase: Phase) => new Date(phase.start).toISOString()

export function findDouble(walk: Finds, element: number): void {
  find(walk, 'double-component', () => `Element ${element} has two components of one dimension; the first one is used.`)
}

export function findNoTariff(walk: Finds, phase: Phase): void {
  find(
    walk,
    'period-without-tariff',
    () => `The period that starts at ${when(phase)} names no tariff: it costs nothing.`,
  )
}

/** When the lower end is not known, nothing is: `setPower` takes each end for the other. */
export function findUnknown(walk: Finds, tariff: CompiledTariff, phase: Phase): void {
  if (tariff.needsPower && Number.isNaN(moment.minPower))
    find(walk, 'power-unknown', () => `The tariff asks for the power, the period of ${when(phase)} has none.`)
  if (tariff.needsCurrent && Number.isNaN(moment.minCurrent))
    find(walk, 'current-unknown', () => `The tariff asks for the current, the period of ${when(phase)} has none.`)
}

interface Span {
  readonly starts: readonly number[]
  readonly rank: number
  readonly rankAtEnd: number
  readonly kwh: Whole
}

/** A new period should start wherever another component becomes active. (G-22, C-606) */
export function findChange(
  walk: Finds,
  { charging, chargingSwitches }: CompiledTariff,
  phase: Phase,
  span: Span,
): void {
  const { timeline } = walk
  const isUsed = { ENERGY: span.kwh > 0, TIME: phase.timeMs > 0, PARKING_TIME: phase.parkingMs > 0 }
  const dimensions = (['ENERGY', 'TIME', 'PARKING_TIME'] as const).filter((dimension) => isUsed[dimension])
  const activeAt = (start: number, rank: number) => {
    setClock(chargingSwitches, walk.session.timeZone, start, timeline.chargingStart)
    moment.energyRank = rank
    return dimensions.map((dimension) => active(charging[dimension]))
  }
  const first = activeAt(phase.start, span.rank)
  const changes = (start: number, rank: number) => activeAt(start, rank).some((one, index) => one !== first[index])
  const ranks = Array.from({ length: span.rankAtEnd - span.rank + 1 }, (_, index) => span.rank + index)
  // Time and energy together are looked at as far as that is cheap.
  const rows = span.starts.length * ranks.length > mostChecks ? ranks.slice(0, 1) : ranks
  if (span.starts.some((start) => rows.some((rank) => changes(start, rank))))
    find(walk, 'period-spans-change', () => `The price changes within the period that starts at ${when(phase)}.`)
}
