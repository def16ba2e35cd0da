import { PricingError } from './pricing-error.ts'

/**
 * Exact numbers for money: a fraction of two BigInts, always reduced. A decimal such as 0.25 is exact, and so is a third
 * of an hour; only `toNumber`, `toText` and `roundTo` round, half up (away from zero). (G-19)
 */
export interface Decimal {
  readonly numerator: bigint
  /** Always positive. */
  readonly denominator: bigint
}

export const zero: Decimal = { numerator: 0n, denominator: 1n }
export const one: Decimal = { numerator: 1n, denominator: 1n }

// A JSON number has at most 17 significant digits; the bound stops texts made to eat memory.
const written = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,3}))?$/i

/** From a number by its shortest decimal text, so that 0.1 is one tenth; `path` names the field in the error. */
export function decimal(value: number | string | Decimal, path = 'value'): Decimal {
  if (typeof value === 'object') return value
  const parts = written.exec(String(value))
  if (parts === null) throw new PricingError(path, value, 'must be a finite decimal number')
  const [, sign, whole, fraction = '', exponent = '0'] = parts
  const digits = BigInt(`${sign}${whole}${fraction}`)
  const scale = Number(exponent) - fraction.length
  return scale >= 0 ? make(digits * 10n ** BigInt(scale), 1n) : make(digits, 10n ** BigInt(-scale))
}

export function fraction(numerator: number | bigint, denominator: number | bigint): Decimal {
  return make(BigInt(numerator), BigInt(denominator))
}

export function add(a: Decimal, b: Decimal): Decimal {
  return make(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return make(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator)
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return make(a.numerator * b.numerator, a.denominator * b.denominator)
}

export function divide(a: Decimal, b: Decimal): Decimal {
  if (b.numerator === 0n) throw new PricingError('divisor', 0, 'must not be zero')
  return make(a.numerator * b.denominator, a.denominator * b.numerator)
}

export function sum(values: readonly Decimal[]): Decimal {
  return values.reduce(add, zero)
}

/** Below, at or above zero: a less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function smaller(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) <= 0 ? a : b
}

export function larger(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) >= 0 ? a : b
}

export function negate(a: Decimal): Decimal {
  return { numerator: -a.numerator, denominator: a.denominator }
}

export function isZero(a: Decimal): boolean {
  return a.numerator === 0n
}

/** The smallest multiple of `step` that is not below `a`; `a` not negative. (G-16) */
export function ceilTo(a: Decimal, step: Decimal): Decimal {
  const steps = divide(a, step)
  const whole = (steps.numerator + steps.denominator - 1n) / steps.denominator
  return multiply({ numerator: whole, denominator: 1n }, step)
}

/** Half up, away from zero. */
export function roundTo(a: Decimal, digits: number): Decimal {
  return make(scaled(a, digits), 10n ** BigInt(digits))
}

/** The number times 10^digits, rounded half up: minor units of money. */
export function scaled(a: Decimal, digits: number): bigint {
  const negative = a.numerator < 0n
  const numerator = (negative ? -a.numerator : a.numerator) * 10n ** BigInt(digits)
  const rounded = (2n * numerator + a.denominator) / (2n * a.denominator)
  return negative ? -rounded : rounded
}

/** With exactly `digits` decimals. */
export function toText(a: Decimal, digits: number): string {
  const value = scaled(a, digits)
  const text = String(value < 0n ? -value : value).padStart(digits + 1, '0')
  const sign = value < 0n ? '-' : ''
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** The nearest JSON number with at most `digits` decimals. */
export function toNumber(a: Decimal, digits: number): number {
  return Number(toText(a, digits))
}

function make(numerator: bigint, denominator: bigint): Decimal {
  if (numerator === 0n) return zero
  const sign = denominator < 0n ? -1n : 1n
  const divisor = sign * greatestCommon(numerator < 0n ? -numerator : numerator, sign * denominator)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

function greatestCommon(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}
