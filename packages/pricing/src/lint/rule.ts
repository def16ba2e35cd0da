import type { Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import type { Severity } from './finding.ts'

export interface LintContext {
  /** ms; what has ended is only told when the time is known. */
  readonly at?: number
}

export interface Hit {
  readonly path: string
  readonly reason: string
  readonly fix: string
}

/** One row of the table: what is looked for, and where the specification or our catalogue says so. */
export interface Rule {
  readonly id: string
  readonly severity: Severity
  readonly about: string
  readonly cites: string
  readonly find: (tariff: Tariff, context: LintContext) => readonly Hit[]
}

export const dimensionName: Readonly<Record<TariffDimensionType, string>> = {
  ENERGY: 'energy',
  TIME: 'charging time',
  PARKING_TIME: 'parking time',
  FLAT: 'a fee',
}

export interface Placed {
  readonly element: number
  readonly component: number
  /** The first of its dimension in its element; the others are never used. (G-04) */
  readonly isFirst: boolean
  readonly path: string
  readonly priced: Tariff['elements'][number]['price_components'][number]
  readonly restrictions: Tariff['elements'][number]['restrictions']
}

/** Every price component with its JSON pointer. */
export function componentsOf(tariff: Tariff): readonly Placed[] {
  return tariff.elements.flatMap(({ price_components: components, restrictions }, element) =>
    components.map((priced, component) => ({
      element,
      component,
      isFirst: components.findIndex((one) => one.type === priced.type) === component,
      path: `/elements/${element}/price_components/${component}`,
      priced,
      restrictions,
    })),
  )
}

/** What prices charging, not a reservation. */
export const chargingComponents = (tariff: Tariff): readonly Placed[] =>
  componentsOf(tariff).filter((placed) => placed.restrictions?.reservation == null)
