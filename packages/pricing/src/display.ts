import type { Tariff } from './tariff.ts'

export interface PriceLine {
  readonly kind: 'energy' | 'time' | 'session' | 'parking' | 'other'
  readonly text: string
}

export type TariffDisplay =
  | {
      readonly lines: readonly PriceLine[]
      /** The tariff's own text in the language asked for, or the nearest there is. */
      readonly texts: readonly string[]
      /** Languages in which the tariff has texts. */
      readonly languages: readonly string[]
      readonly currency: string
      /** False only when the tariff says that no tax applies. */
      readonly taxIncluded: boolean
      readonly free: boolean
    }
  | { readonly refused: string }

/** Consumer prices in the order of AFIR: per kWh, per minute, per session, other. */
export declare function displayTariff(
  tariff: Tariff,
  options: { readonly language: string; /** ms */ readonly at?: number },
): TariffDisplay
