/**
 * The parts of the OCPI objects that pricing reads. The objects of `@plugtill/ocpi` fit in here; so does anything else
 * with these fields. Optional fields may be absent or null. (tariffs, cdrs, sessions)
 */

export type DimensionType = 'ENERGY' | 'FLAT' | 'PARKING_TIME' | 'TIME'

/** (tariffs › PriceComponent) */
export interface PriceComponent {
  readonly type: DimensionType
  readonly price: number
  readonly vat?: number | null
  readonly step_size: number
}

/** All restrictions of an element are AND-ed. (tariffs › TariffRestrictions, G-03) */
export interface TariffRestrictions {
  readonly start_time?: string | null
  readonly end_time?: string | null
  readonly start_date?: string | null
  readonly end_date?: string | null
  readonly min_kwh?: number | null
  readonly max_kwh?: number | null
  readonly min_current?: number | null
  readonly max_current?: number | null
  readonly min_power?: number | null
  readonly max_power?: number | null
  readonly min_duration?: number | null
  readonly max_duration?: number | null
  readonly day_of_week?: readonly string[] | null
  readonly reservation?: string | null
}

/** (tariffs › TariffElement) */
export interface TariffElement {
  readonly price_components: readonly PriceComponent[]
  readonly restrictions?: TariffRestrictions | null
}

/** (tariffs › PriceLimit) */
export interface PriceLimit {
  readonly before_taxes: number
  readonly after_taxes?: number | null
}

/** (types › DisplayText) */
export interface DisplayText {
  readonly language: string
  readonly text: string
}

/** (tariffs › Tariff) */
export interface Tariff {
  readonly id: string
  readonly currency: string
  readonly type?: string | null
  readonly tariff_alt_text?: readonly DisplayText[] | null
  readonly tariff_alt_url?: string | null
  readonly min_price?: PriceLimit | null
  readonly max_price?: PriceLimit | null
  readonly preauthorize_amount?: number | null
  readonly elements: readonly TariffElement[]
  readonly tax_included: string
  readonly start_date_time?: string | null
  readonly end_date_time?: string | null
}

/** (types › Price) */
export interface Price {
  readonly before_taxes: number
  readonly taxes?: readonly TaxAmount[] | null
}

/** (types › TaxAmount) */
export interface TaxAmount {
  readonly name: string
  readonly account_number?: string | null
  readonly percentage?: number | null
  readonly amount: number
}

/** (cdrs › ChargingPeriod) */
export interface ChargingPeriod {
  readonly start_date_time: string
  readonly dimensions: readonly { readonly type: string; readonly volume: number }[]
  readonly tariff_id?: string | null
}

/** (sessions › Session) */
export interface SessionSoFar {
  readonly start_date_time: string
  readonly end_date_time?: string | null
  readonly kwh: number
  readonly currency: string
  readonly charging_periods?: readonly ChargingPeriod[] | null
}

/** (cdrs › CDR) */
export interface BilledSession {
  readonly start_date_time: string
  readonly end_date_time: string
  readonly currency: string
  readonly charging_periods: readonly ChargingPeriod[]
  readonly total_cost: Price
  readonly credit?: boolean | null
}
