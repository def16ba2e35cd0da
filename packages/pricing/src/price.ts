import type { Decimal } from './decimal.ts'
import type { DimensionType, Price, Tariff } from './tariff.ts'

/** One stretch of a session in which nothing that matters for the price changes. (cdrs › ChargingPeriod, C-606) */
export interface Period {
  /** ms since 1970. The period ends where the next one starts. */
  readonly start: number
  readonly energyKwh?: number | Decimal
  /** Hours in which the vehicle charges. */
  readonly timeH?: number | Decimal
  /** Hours in which the vehicle asks for no power. */
  readonly parkingTimeH?: number | Decimal
  /** Hours of a reservation. */
  readonly reservationTimeH?: number | Decimal
  readonly minPowerKw?: number
  readonly maxPowerKw?: number
  /** Amperes, sum over the phases. */
  readonly minCurrentA?: number
  readonly maxCurrentA?: number
}

export interface PricedSession {
  readonly start: number
  readonly end: number
  /** IANA time zone of the Location. */
  readonly timeZone: string
  readonly periods: readonly Period[]
}

export interface Line {
  readonly dimension: DimensionType | 'LIMIT'
  /** Index in tariff.elements; -1 for LIMIT. */
  readonly element: number
  /** Index in element.price_components; -1 for LIMIT. */
  readonly component: number
  readonly unit: 'kWh' | 'h' | 'session'
  readonly quantity: Decimal
  /** With what step_size added. (G-12) */
  readonly billedQuantity: Decimal
  /** As in the tariff: with or without tax by its tax_included. */
  readonly unitPrice: Decimal
  /** Percent; undefined = no VAT stated. */
  readonly vat?: number
  readonly net: Decimal
  readonly gross: Decimal
  /** Share of totalMinor: the lines' shares add up to totalMinor exactly. */
  readonly grossMinor: number
}

export interface TaxLine {
  readonly percentage?: number
  readonly net: Decimal
  readonly amount: Decimal
}

export interface Finding {
  readonly code: string
  readonly message: string
}

export interface Breakdown {
  readonly currency: string
  readonly lines: readonly Line[]
  readonly net: Decimal
  readonly gross: Decimal
  readonly taxes: readonly TaxLine[]
  /** Gross, rounded once. (G-19) */
  readonly totalMinor: number
  /** For OCPI: 4 decimals. */
  readonly price: Price
  /** For CDR total_fixed_cost, total_energy_cost, total_time_cost, total_parking_cost; absent when not priced. */
  readonly perDimension: { readonly [D in DimensionType]?: Price }
  readonly findings: readonly Finding[]
}

export interface PriceOptions {
  /** `together` is the reading of the first 2.2.1 text: charging and parking time rounded as one. (E-83) */
  readonly timeRounding?: 'parking-only' | 'together'
}

export declare function price(tariff: Tariff, session: PricedSession, options?: PriceOptions): Breakdown
