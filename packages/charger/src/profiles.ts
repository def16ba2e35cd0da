/** Charging profiles as both versions mean them: who may draw how much, and when. (OCPP 1.6, 3.13; 2.0.1, K) */

export type Purpose = 'ChargePointMaxProfile' | 'TxDefaultProfile' | 'TxProfile'

export interface Profile {
  readonly id: number
  readonly stackLevel: number
  readonly purpose: Purpose
  readonly kind: 'Absolute' | 'Recurring' | 'Relative'
  readonly recursEveryMs?: number | undefined
  readonly validFrom?: number | undefined
  readonly validTo?: number | undefined
  /** Of a TxProfile: only for this transaction. */
  readonly transactionId?: string | undefined
  readonly startAt?: number | undefined
  readonly durationMs?: number | undefined
  readonly unit: 'A' | 'W'
  readonly periods: readonly {
    readonly startMs: number
    readonly limit: number
    readonly phases?: number | undefined
  }[]
}

export interface Limit {
  readonly value: number
  readonly unit: 'A' | 'W'
  readonly phases?: number | undefined
}

export interface Filter {
  readonly id?: number | undefined
  readonly connectorId?: number | undefined
  readonly purpose?: string | undefined
  readonly stackLevel?: number | undefined
}

interface Kept {
  readonly connectorId: number
  readonly profile: Profile
}

/** More than any central system needs, and an end for one that never stops. */
const mostKept = 100

export class Profiles {
  private kept: Kept[] = []

  get size(): number {
    return this.kept.length
  }

  /** Takes the place of the one with the same id, or the same purpose, level and connector. False when there are too many. */
  set(connectorId: number, profile: Profile): boolean {
    const others = this.kept.filter(
      (one) =>
        one.profile.id !== profile.id &&
        !(
          one.connectorId === connectorId &&
          one.profile.purpose === profile.purpose &&
          one.profile.stackLevel === profile.stackLevel
        ),
    )
    if (others.length >= mostKept) return false
    this.kept = [...others, { connectorId, profile }]
    return true
  }

  /** How many were taken away. Without any wish: all. */
  clear({ id, connectorId, purpose, stackLevel }: Filter): number {
    const before = this.kept.length
    this.kept = this.kept.filter(
      (one) =>
        (id !== undefined && one.profile.id !== id) ||
        (connectorId !== undefined && one.connectorId !== connectorId) ||
        (purpose !== undefined && one.profile.purpose !== purpose) ||
        (stackLevel !== undefined && one.profile.stackLevel !== stackLevel),
    )
    return before - this.kept.length
  }

  /** A TxProfile ends with its transaction. */
  transactionEnded(connectorId: number): void {
    this.kept = this.kept.filter((one) => one.connectorId !== connectorId || one.profile.purpose !== 'TxProfile')
  }

  /** What holds for the whole station at a moment. */
  stationLimit(at: number): Limit | undefined {
    return highest(
      this.kept.filter(({ profile }) => profile.purpose === 'ChargePointMaxProfile'),
      { at },
    )
  }

  /** What holds for one connector: a TxProfile before the defaults, its own default before the one for all. */
  connectorLimit(connectorId: number, moment: Moment): Limit | undefined {
    const own = this.kept.filter((one) => one.connectorId === connectorId)
    const all = this.kept.filter((one) => one.connectorId === 0)
    const of = (purpose: Purpose) => (one: Kept) => one.profile.purpose === purpose
    return (
      highest(own.filter(of('TxProfile')), moment) ??
      highest(own.filter(of('TxDefaultProfile')), moment) ??
      highest(all.filter(of('TxDefaultProfile')), moment)
    )
  }

  /** The next moment at which some limit may be another one. */
  nextChange({ at, chargingSince }: Moment): number | undefined {
    const moments = this.kept.flatMap(({ profile }) => {
      const begin = beginOf(profile, { at, chargingSince })
      const edges = begin === undefined ? [] : profile.periods.map(({ startMs }) => begin + startMs)
      const end = begin !== undefined && profile.durationMs !== undefined ? [begin + profile.durationMs] : []
      const again = begin !== undefined && profile.recursEveryMs !== undefined ? [begin + profile.recursEveryMs] : []
      return [...edges, ...end, ...again, profile.validFrom ?? 0, profile.validTo ?? 0].filter((edge) => edge > at)
    })
    return moments.length === 0 ? undefined : Math.min(...moments)
  }
}

export interface Moment {
  readonly at: number
  readonly chargingSince?: number | undefined
}

/** When the schedule that counts at a moment began. */
function beginOf(profile: Profile, { at, chargingSince }: Moment): number | undefined {
  const { kind, startAt, recursEveryMs } = profile
  if (kind === 'Relative' || startAt === undefined) return chargingSince
  if (kind === 'Absolute' || recursEveryMs === undefined) return startAt
  return startAt + Math.floor((at - startAt) / recursEveryMs) * recursEveryMs
}

function limitOf(profile: Profile, moment: Moment): Limit | undefined {
  const { at } = moment
  if (at < (profile.validFrom ?? at) || at >= (profile.validTo ?? Number.POSITIVE_INFINITY)) return undefined
  const begin = beginOf(profile, moment)
  if (begin === undefined) return undefined
  const elapsed = at - begin
  if (profile.durationMs !== undefined && elapsed >= profile.durationMs) return undefined
  const period = profile.periods.findLast(({ startMs }) => startMs <= elapsed)
  return period && { value: period.limit, unit: profile.unit, phases: period.phases }
}

function highest(kept: readonly Kept[], moment: Moment): Limit | undefined {
  return kept
    .toSorted((a, b) => b.profile.stackLevel - a.profile.stackLevel)
    .map(({ profile }) => limitOf(profile, moment))
    .find((limit) => limit !== undefined)
}
