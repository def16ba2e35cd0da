import type { Decimal } from './decimal.ts'
import { add, ceilTo, fraction, subtract, sum } from './decimal.ts'
import { PricingError } from './pricing-error.ts'
import type { Usage, Used } from './usage.ts'

/** A usage with what step_size adds to it. */
export interface Billed extends Usage {
  readonly billedQuantity: Decimal
}

/**
 * Rounds the total energy and the total time of a session up to the step_size of the component that was active last,
 * once; what is added is billed there. When parking was priced, only the parking total is rounded. (G-12 to G-16)
 */
export function applyStepSize(used: Used, timeRounding: 'parking-only' | 'together'): readonly Billed[] {
  const parked = used.last.get('PARKING_TIME')
  const lastTime = used.last.get(used.lastTime ?? 'TIME')
  const additions = new Map<string, Decimal>()
  const round = (last: Usage | undefined, dimensions: readonly string[], perUnit: number) => {
    if (last === undefined) return
    const total = sum(used.usages.filter((one) => dimensions.includes(one.dimension)).map((one) => one.quantity))
    const step = fraction(stepOf(last), perUnit)
    additions.set(nameOf(last), subtract(ceilTo(total, step), total))
  }
  round(used.last.get('ENERGY'), ['ENERGY'], 1000)
  if (timeRounding === 'together') round(lastTime, ['TIME', 'PARKING_TIME'], 3600)
  else if (parked !== undefined) round(parked, ['PARKING_TIME'], 3600)
  else round(used.last.get('TIME'), ['TIME'], 3600)
  return used.usages.map((usage) => {
    const added = additions.get(nameOf(usage))
    return { ...usage, billedQuantity: added === undefined ? usage.quantity : add(usage.quantity, added) }
  })
}

const nameOf = (usage: Usage) => `${usage.element}/${usage.component}`

/** A step_size of 0 is meant as "no step". (E-75) */
function stepOf({ priced, element, component }: Usage): number {
  if (!Number.isSafeInteger(priced.step_size) || priced.step_size < 0) {
    const path = `elements[${element}].price_components[${component}].step_size`
    throw new PricingError(path, priced.step_size, 'must be a whole number, 0 or more')
  }
  return Math.max(1, priced.step_size)
}
