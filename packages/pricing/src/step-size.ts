import type { TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import type { Whole } from './decimal.ts'
import { plus, times, toMultiple } from './energy-units.ts'
import type { Usage, Used } from './usage.ts'

/** What step_size adds to a usage: energy units or milliseconds. */
export interface Addition {
  readonly usage: Usage
  readonly quantity: Whole
}

/**
 * Rounds the total energy and the total time of a session up to the step_size of the component that was active last,
 * once; what is added is billed there. When parking was priced, only the parking total is rounded. The time of a
 * reservation is rounded on its own. (G-12 to G-17)
 */
export function stepAdditions(used: Used, timeRounding?: 'parking-only' | 'together'): readonly Addition[] {
  const { last, perKwh } = used
  const additions: Addition[] = []
  const round = (usage: Usage | undefined, total: Whole, unit: Whole) => {
    if (usage === undefined) return
    const quantity = toMultiple(total, times(unit, usage.component.step))
    if (quantity > 0) additions.push({ usage, quantity })
  }
  // perKwh is a multiple of 1000: a Wh is a whole number of units.
  const wattHour = typeof perKwh === 'bigint' ? perKwh / 1000n : perKwh / 1000
  round(last.energy, totalOf(used, ['ENERGY']), wattHour)
  if (timeRounding === 'together') round(last.timeOrParking, totalOf(used, ['TIME', 'PARKING_TIME']), second)
  else if (last.parking !== undefined) round(last.parking, totalOf(used, ['PARKING_TIME']), second)
  else round(last.time, totalOf(used, ['TIME']), second)
  round(last.reservation, totalOf(used, ['TIME'], true), second)
  return additions
}

const second = 1000

function totalOf({ usages }: Used, dimensions: readonly TariffDimensionType[], reserved = false): Whole {
  let total: Whole | undefined
  for (const { component, quantity } of usages) {
    if (!dimensions.includes(component.dimension) || (component.reservation !== undefined) !== reserved) continue
    total = total === undefined ? quantity : plus(total, quantity)
  }
  return total ?? 0
}
