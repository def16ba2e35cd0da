import { PricingError } from './pricing-error.ts'

/**
 * A whole number without error: a plain number while it is a safe integer, else a BigInt. Ask for its sign with `sign`
 * or by `<` and `>`, which compare both kinds; `===` takes 0 and 0n for different.
 */
export type Whole = number | bigint

/**
 * Exact numbers for money: a fraction of two whole numbers, always reduced. A decimal such as 0.25 is exact, and so is a
 * third of an hour; only `toNumber`, `toText` and `roundTo` round, half up (away from zero). (G-19)
 *
 * Both parts are plain numbers as long as both are safe integers, as nearly all amounts of a session are: a sum or a
 * product takes 50 ns so and 100 ns with BigInt, rounding to a JSON number 30 ns instead of 200.
 */
export interface Decimal {
  readonly numerator: Whole
  /** Always positive. */
  readonly denominator: Whole
}

interface Plain {
  readonly numerator: number
  readonly denominator: number
}

/** Of one kind are always both parts, so one of them tells. */
export const isPlain = (a: Decimal): a is Plain => typeof a.numerator === 'number'

export const zero: Decimal = { numerator: 0, denominator: 1 }
export const one: Decimal = { numerator: 1, denominator: 1 }

// A JSON number has at most 17 significant digits; the bound stops texts made to eat memory.
const written = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,3}))?$/i

/** From a number by its shortest decimal text, so that 0.1 is one tenth; `path` names the field in the error. */
export function decimal(value: number | string | Decimal, path: string | (() => string) = 'value'): Decimal {
  if (typeof value === 'number') return fromNumber(value) ?? fromText(value, path)
  return typeof value === 'object' ? value : fromText(value, path)
}

/**
 * Numbers of at most 15 digits, nine of them after the point: no two such decimals are the same double, so the one that
 * gives the double back is also its shortest text. Dividing two integers rounds once, so the check is exact.
 */
function fromNumber(value: number): Decimal | undefined {
  if (Number.isSafeInteger(value)) return value === 0 ? zero : { numerator: value, denominator: 1 }
  for (let unit = 10; unit <= 1e9; unit *= 10) {
    const units = Math.round(value * unit)
    if (units / unit === value && Math.abs(units) < 1e15) return reduced(units, unit)
  }
  return undefined
}

function fromText(value: number | string, path: string | (() => string)): Decimal {
  const parts = written.exec(String(value))
  if (parts === null)
    throw new PricingError(typeof path === 'string' ? path : path(), value, 'must be a finite decimal number')
  const [, sign, whole, fraction = '', exponent = '0'] = parts
  const digits = BigInt(`${sign}${whole}${fraction}`)
  const scale = Number(exponent) - fraction.length
  return scale >= 0 ? reducedBig(digits * 10n ** BigInt(scale), 1n) : reducedBig(digits, 10n ** BigInt(-scale))
}

export function fraction(numerator: Whole, denominator: Whole): Decimal {
  return Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator) && denominator !== 0
    ? reduced(numerator as number, denominator as number)
    : reducedBig(BigInt(numerator), BigInt(denominator))
}

export function add(a: Decimal, b: Decimal): Decimal {
  if (isZero(a)) return b
  if (isZero(b)) return a
  if (isPlain(a) && isPlain(b)) {
    const { numerator: an, denominator: ad } = a
    const { numerator: bn, denominator: bd } = b
    const common = ad === bd ? ad : greatestCommon(ad, bd)
    const [left, right] = [an * (bd / common), bn * (ad / common)]
    const denominator = ad * (bd / common)
    if (safe(left) && safe(right) && safe(left + right) && safe(denominator)) return reduced(left + right, denominator)
  }
  const [A, B] = [big(a), big(b)]
  return reducedBig(A.numerator * B.denominator + B.numerator * A.denominator, A.denominator * B.denominator)
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b))
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  if (isPlain(a) && isPlain(b)) {
    const { numerator: an, denominator: ad } = a
    const { numerator: bn, denominator: bd } = b
    // Reducing crosswise first keeps the factors small, and leaves nothing to reduce in the product.
    const first = greatestCommon(Math.abs(an), bd)
    const second = greatestCommon(Math.abs(bn), ad)
    const numerator = (an / first) * (bn / second)
    const denominator = (ad / second) * (bd / first)
    if (safe(numerator) && safe(denominator)) return numerator === 0 ? zero : { numerator, denominator }
  }
  const [A, B] = [big(a), big(b)]
  return reducedBig(A.numerator * B.numerator, A.denominator * B.denominator)
}

export function divide(a: Decimal, b: Decimal): Decimal {
  if (isZero(b)) throw new PricingError('divisor', 0, 'must not be zero')
  if (b.numerator < 0) return negate(divide(a, negate(b)))
  return multiply(a, { numerator: b.denominator, denominator: b.numerator })
}

export function sum(values: readonly Decimal[]): Decimal {
  return values.reduce(add, zero)
}

/** Below, at or above zero: a less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  if (isPlain(a) && isPlain(b)) {
    const { numerator: an, denominator: ad } = a
    const { numerator: bn, denominator: bd } = b
    const [left, right] = [an * bd, bn * ad]
    if (safe(left) && safe(right)) return left < right ? -1 : left > right ? 1 : 0
  }
  const [A, B] = [big(a), big(b)]
  const difference = A.numerator * B.denominator - B.numerator * A.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function smaller(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) <= 0 ? a : b
}

export function larger(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) >= 0 ? a : b
}

export function negate(a: Decimal): Decimal {
  return isZero(a) ? zero : { numerator: negative(a.numerator), denominator: a.denominator }
}

export function isZero(a: Decimal): boolean {
  return a.numerator === 0
}

/** -1, 0 or 1. */
export function sign(a: Decimal): number {
  return a.numerator < 0 ? -1 : a.numerator > 0 ? 1 : 0
}

/** The smallest multiple of `step` that is not below `a`; `a` not negative. (G-16) */
export function ceilTo(a: Decimal, step: Decimal): Decimal {
  return multiply(fraction(negative(floorScaled(negate(divide(a, step)), 0)), 1), step)
}

/** Half up, away from zero. */
export function roundTo(a: Decimal, digits: number): Decimal {
  return fraction(scaled(a, digits), 10n ** BigInt(digits))
}

/** The number times 10^digits, rounded half up: minor units of money. */
export function scaled(a: Decimal, digits: number): bigint {
  return BigInt(scaledWhole(a, digits))
}

/** The largest whole number that is not above the number times 10^digits. */
export function floorScaled(a: Decimal, digits: number): Whole {
  if (isPlain(a)) {
    const units = a.numerator * unitOf(digits)
    if (safe(units)) return floorDivide(units, a.denominator)
  }
  const { numerator, denominator } = big(a)
  const units = numerator * 10n ** BigInt(digits)
  const floor = units / denominator
  return canonical(units < 0n && floor * denominator !== units ? floor - 1n : floor)
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
  const whole = scaledWhole(a, digits)
  // Two integers that are exact give the double that is nearest to their quotient.
  const number = typeof whole === 'number' ? whole / unitOf(digits) : Number.NaN
  return Number.isNaN(number) ? Number(toText(a, digits)) : number
}

/** 10^digits, NaN when a double cannot hold it exactly. */
const unitOf = (digits: number): number => powersOfTen[digits] ?? Number.NaN
const powersOfTen = Array.from({ length: 16 }, (_, digits) => Number(`1e${digits}`))

/** As `scaled`, a plain number when it is safe. */
export function scaledWhole(a: Decimal, digits: number): Whole {
  if (isPlain(a)) {
    const { numerator, denominator } = a
    const doubled = 2 * Math.abs(numerator) * unitOf(digits) + denominator
    // Twice the denominator may be beyond the safe integers, but as an even number it is still exact.
    if (safe(doubled)) {
      const rounded = floorDivide(doubled, 2 * denominator)
      return numerator < 0 && rounded !== 0 ? -rounded : rounded
    }
  }
  const { numerator: n, denominator: d } = big(a)
  const rounded = (2n * (n < 0n ? -n : n) * 10n ** BigInt(digits) + d) / (2n * d)
  return canonical(n < 0n ? -rounded : rounded)
}

const safe = Number.isSafeInteger

const negative = (value: Whole): Whole => -value

/** Exact for safe integers: the remainder of two doubles is, and so is the difference to the next multiple. */
function floorDivide(a: number, b: number): number {
  const rest = a % b
  return (a - rest) / b - (rest < 0 ? 1 : 0)
}

function big({ numerator, denominator }: Decimal): { readonly numerator: bigint; readonly denominator: bigint } {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) }
}

function canonical(value: bigint): Whole {
  return value <= MAX_SAFE && value >= -MAX_SAFE ? Number(value) : value
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

function reduced(numerator: number, denominator: number): Decimal {
  if (numerator === 0) return zero
  const divisor = greatestCommon(Math.abs(numerator), Math.abs(denominator))
  return denominator < 0
    ? { numerator: -numerator / divisor, denominator: -denominator / divisor }
    : { numerator: numerator / divisor, denominator: denominator / divisor }
}

function greatestCommon(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y > maxInt32 || x > maxInt32) {
    if (y === 0) return x
    ;[x, y] = [y, x % y]
  }
  return greatestCommonInt32(x | 0, y | 0)
}

const maxInt32 = 2 ** 31 - 1

/** Apart, because the remainder of two 32-bit integers takes 2 ns, that of two doubles 10 and more. */
function greatestCommonInt32(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y !== 0) {
    const rest = (x % y) | 0
    x = y
    y = rest
  }
  return x
}

function reducedBig(numerator: bigint, denominator: bigint): Decimal {
  if (denominator === 0n) throw new PricingError('denominator', 0, 'must not be zero')
  const sign = denominator < 0n ? -1n : 1n
  let [x, y] = [numerator < 0n ? -numerator : numerator, sign * denominator]
  while (y !== 0n) [x, y] = [y, x % y]
  const [n, d] = [canonical(numerator / (sign * x)), canonical(denominator / (sign * x))]
  return typeof n === typeof d ? { numerator: n, denominator: d } : { numerator: BigInt(n), denominator: BigInt(d) }
}
