import type { Decimal } from './decimal.ts'
import { add, compare, decimal, fraction, larger, multiply, negate, subtract } from './decimal.ts'

/** 0.01 and 0.5 % of what was expected: below that two honest calculations may differ. (G-23) */
export function toleranceOf(expected: Decimal): Decimal {
  return add(decimal('0.01'), multiply(larger(expected, negate(expected)), fraction(5, 1000)))
}

/** Whether a claimed amount agrees with the expected one. (G-23) */
export function near(claimed: Decimal, expected: Decimal): boolean {
  return within(claimed, expected, toleranceOf(expected))
}

export function within(a: Decimal, b: Decimal, tolerance: Decimal): boolean {
  const by = subtract(a, b)
  return compare(larger(by, negate(by)), tolerance) <= 0
}
