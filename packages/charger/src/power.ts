import type { Clock } from './clock.ts'
import type { Connector } from './connector.ts'
import { voltsPerPhase } from './meter.ts'
import type { Limit, Profile } from './profiles.ts'
import { Profiles } from './profiles.ts'
import { share } from './sharing.ts'

export interface PowerParts {
  readonly clock: Clock
  readonly connectors: () => readonly Connector[]
  /** What the station as a whole may draw, when its connectors share. */
  readonly sharedPowerKw?: number
}

export interface SchedulePeriod {
  readonly startS: number
  readonly limitW: number
}

/** Longest composite schedule that is worked out, in periods. */
const mostPeriods = 200
/** Two changes are at least this far apart: a schedule of a thousand periods a second wakes nobody. */
const shortestMs = 1_000

/** Who of the station's connectors may draw how much right now. */
export class Power {
  private readonly parts: PowerParts
  private readonly profiles = new Profiles()
  private stopTimer: (() => void) | undefined

  constructor(parts: PowerParts) {
    this.parts = parts
  }

  set(connectorId: number, profile: Profile): boolean {
    const taken = this.profiles.set(connectorId, profile)
    this.rebalance()
    return taken
  }

  clear(filter: Parameters<Profiles['clear']>[0]): number {
    const cleared = this.profiles.clear(filter)
    this.rebalance()
    return cleared
  }

  transactionEnded(connectorId: number): void {
    this.profiles.transactionEnded(connectorId)
    this.rebalance()
  }

  rest(): void {
    this.stopTimer?.()
  }

  /** Works out every connector's limit anew; to be called whenever who charges, or how much, has changed. */
  rebalance(): void {
    const connectors = this.parts.connectors()
    const at = this.parts.clock.now()
    const own = connectors.map((connector) => this.ownLimitW(connector, at))
    const stationW = this.stationW(at)
    const wishes = connectors.map(({ metering }, index) => Math.min(metering.demandW, own[index] ?? 0))
    const given = Number.isFinite(stationW) ? share(stationW, wishes) : own
    for (const [index, connector] of connectors.entries()) {
      connector.metering.limitW = Math.min(own[index] ?? 0, given[index] ?? 0)
      connector.noticeFlow()
    }
    this.stopTimer?.()
    const next = this.nextChange(at)
    this.stopTimer =
      next === undefined ? undefined : this.parts.clock.after(Math.max(shortestMs, next - at), () => this.rebalance())
  }

  /** What a connector may draw from now on; 0 is the station as a whole. */
  schedule(connectorId: number, durationS: number): readonly SchedulePeriod[] {
    const from = this.parts.clock.now()
    const periods: SchedulePeriod[] = []
    for (let at: number | undefined = from; at !== undefined && at < from + durationS * 1_000; ) {
      const limitW = this.scheduledW(connectorId, at)
      if (periods.at(-1)?.limitW !== limitW) periods.push({ startS: Math.round((at - from) / 1_000), limitW })
      at = periods.length < mostPeriods ? this.nextChange(at) : undefined
    }
    return periods
  }

  private scheduledW(connectorId: number, at: number): number {
    const connector = this.parts.connectors().find(({ parts }) => parts.connectorId === connectorId)
    const stationW = this.stationW(at)
    if (!connector) return Math.min(stationW, this.installedW())
    return Math.min(stationW, this.ownLimitW(connector, at), connector.parts.outlet.maxPowerKw * 1_000)
  }

  private installedW(): number {
    return this.parts.connectors().reduce((sum, { parts }) => sum + parts.outlet.maxPowerKw * 1_000, 0)
  }

  private stationW(at: number): number {
    const limit = this.profiles.stationLimit(at)
    const shared = (this.parts.sharedPowerKw ?? Number.POSITIVE_INFINITY) * 1_000
    return limit ? Math.min(shared, wattsOf(limit, 3)) : shared
  }

  private ownLimitW(connector: Connector, at: number): number {
    const { connectorId } = connector.parts
    const limit = this.profiles.connectorLimit(connectorId, { at, chargingSince: connector.charging?.begin.at })
    return limit ? wattsOf(limit, connector.metering.phaseCount) : Number.POSITIVE_INFINITY
  }

  private nextChange(at: number): number | undefined {
    const changes = this.parts
      .connectors()
      .flatMap(({ charging }) => this.profiles.nextChange({ at, chargingSince: charging?.begin.at }) ?? [])
    return changes.length === 0 ? undefined : Math.min(...changes)
  }
}

/** A limit in ampere is one per phase. */
function wattsOf({ value, unit, phases }: Limit, phasesInUse: number): number {
  return unit === 'W' ? value : value * voltsPerPhase * Math.min(phases ?? 3, phasesInUse)
}
