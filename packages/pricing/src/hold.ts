import type { Tariff } from './tariff.ts'

export interface HoldLimits {
  /** Used when the tariff gives no amount. */
  readonly defaultMinor: number
  readonly minMinor?: number
  readonly maxMinor?: number
}

export interface HoldAmount {
  /** 0 for an explicitly free tariff: take no hold. */
  readonly amountMinor: number
  readonly currency: string
  /** Where the amount comes from, in words. */
  readonly reason: string
}

/** How much to hold before charging starts, gross. (E-24) */
export declare function holdFor(tariff: Tariff, limits: HoldLimits): HoldAmount
