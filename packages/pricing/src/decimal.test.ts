import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  ceilTo,
  compare,
  type Decimal,
  decimal,
  divide,
  floorScaled,
  fraction,
  isZero,
  multiply,
  negate,
  one,
  roundTo,
  scaled,
  sign,
  subtract,
  toNumber,
  toText,
  zero,
} from './decimal.ts'
import { currencyDigits, fromMinor, moneyOf, toMinor } from './money.ts'
import { PricingError } from './pricing-error.ts'

test('a number is read by its shortest decimal text', () => {
  expect(toText(decimal(0.1), 20)).toBe('0.10000000000000000000')
  expect(toText(add(decimal(0.1), decimal(0.2)), 20)).toBe('0.30000000000000000000')
  expect(toText(decimal(1e-7), 8)).toBe('0.00000010')
  expect(toText(decimal(1.5e21), 0)).toBe('1500000000000000000000')
})

test('rounding is half up, away from zero', () => {
  expect(['0.005', '0.0149', '-0.005', '1.995'].map((text) => toText(decimal(text), 2))).toEqual([
    '0.01',
    '0.01',
    '-0.01',
    '2.00',
  ])
  expect(toText(roundTo(fraction(2, 3), 4), 6)).toBe('0.666700')
  expect(toText(decimal(7.5), 0)).toBe('8')
})

test('a third three times is one', () => {
  const third = divide(fraction(1, 1), fraction(3, 1))
  expect(compare(add(third, add(third, third)), fraction(1, 1))).toBe(0)
})

test('a step is never exceeded and never undershot', () => {
  expect(toText(ceilTo(decimal(600), decimal(300)), 0)).toBe('600')
  expect(toText(ceilTo(decimal('600.001'), decimal(300)), 0)).toBe('900')
  expect(toText(ceilTo(decimal(0), decimal(300)), 0)).toBe('0')
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, '', '1,5', '0x10', '1'.repeat(41), ' 1'])(
  '%s is no decimal',
  (value) => {
    expect(() => decimal(value, 'vat')).toThrow(PricingError)
  },
)

test('what a double can write comes back the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 4 }), (units, digits) => {
      const value = units / 10 ** digits
      expect(toNumber(decimal(value), digits)).toBe(value === 0 ? 0 : value)
    }),
  )
})

test('sums and differences, products and quotients undo each other', () => {
  const numbers = fc.tuple(fc.integer(), fc.integer({ min: 1 })).map(([a, b]) => fraction(a, b))
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(compare(subtract(add(a, b), b), a)).toBe(0)
      if (!isZero(b)) expect(compare(divide(multiply(a, b), b), a)).toBe(0)
    }),
  )
})

test('currencies have the digits of ISO 4217', () => {
  expect(['EUR', 'JPY', 'KWD', 'ISK', 'HUF'].map(currencyDigits)).toEqual([2, 0, 3, 0, 2])
  expect(toMinor(decimal(1234.5), 'JPY')).toBe(1235)
  expect(toMinor(decimal(1.0005), 'KWD')).toBe(1001)
  expect(toText(fromMinor({ amountMinor: 1001, currency: 'KWD' }), 3)).toBe('1.001')
})

test('an unknown currency is an error that names it', () => {
  for (const currency of ['eur', 'XXX', '', 'EURO']) {
    expect(() => currencyDigits(currency)).toThrow(expect.objectContaining({ path: 'currency', value: currency }))
  }
})

test('an amount too large for exact minor units is refused', () => {
  expect(() => toMinor(decimal(1e15), 'EUR')).toThrow(PricingError)
})

test('an OCPI price is money: net and all taxes, rounded once', () => {
  const price = {
    before_taxes: 4.7505,
    taxes: [
      { name: 'VAT', amount: 0.2471 },
      { name: 'City', amount: 0.0074 },
    ],
  }
  expect(moneyOf(price, 'EUR')).toEqual({ amountMinor: 501, currency: 'EUR' })
  expect(moneyOf({ before_taxes: -4.4, taxes: null }, 'EUR')).toEqual({ amountMinor: -440, currency: 'EUR' })
})

test('money that is no whole number of minor units, and a tax that is no number, are refused', () => {
  expect(() => fromMinor({ amountMinor: 0.5, currency: 'EUR' })).toThrow(
    expect.objectContaining({ path: 'amountMinor', value: 0.5 }),
  )
  const taxes = [{ name: 'VAT', amount: Number.NaN }]
  expect(() => moneyOf({ before_taxes: 1, taxes }, 'EUR')).toThrow(
    expect.objectContaining({ path: 'total_cost.taxes[0].amount' }),
  )
})

test('an error has a name, its value is shown and not endless', () => {
  const shown = (value: unknown) => String(new PricingError('at', value, 'must not be'))
  expect(shown('x'.repeat(500))).toBe(`PricingError: at is "${'x'.repeat(80)}": must not be`)
  expect(shown({})).toBe('PricingError: at is an object: must not be')
  expect(shown(null)).toBe('PricingError: at is null: must not be')
})

test('a fraction is reduced, its sign is that of the numerator, and nothing is zero in one way only', () => {
  expect(fraction(2, -4)).toEqual({ numerator: -1, denominator: 2 })
  expect(fraction(2_147_483_648, 6)).toEqual({ numerator: 1_073_741_824, denominator: 3 })
  expect(fraction(9_007_199_254_740_991n, 1n)).toEqual({ numerator: 9_007_199_254_740_991, denominator: 1 })
  expect(fraction(-9_007_199_254_740_991n, 1n)).toEqual({ numerator: -9_007_199_254_740_991, denominator: 1 })
  const nothing = { numerator: 0, denominator: 1 }
  expect([fraction(0, -5), negate(zero), multiply(decimal(-1), zero)]).toEqual([nothing, nothing, nothing])
})

test('two fractions whose products are the same double are still told apart', () => {
  const [a, b] = [
    fraction(9_007_199_254_740_990, 9_007_199_254_740_989),
    fraction(9_007_199_254_740_991, 9_007_199_254_740_990),
  ]
  expect([compare(a, b), compare(b, a), compare(a, a)]).toEqual([1, -1, 0])
})

test('the sign is -1, 0 or 1', () => {
  expect([sign(decimal(-2)), sign(zero), sign(decimal(2))]).toEqual([-1, 0, 1])
})

test('dividing by nothing is an error, not an endless number', () => {
  expect(() => divide(one, zero)).toThrow(expect.objectContaining({ path: 'divisor', value: 0 }))
  expect(() => fraction(1, 0)).toThrow(expect.objectContaining({ path: 'denominator', value: 0 }))
  expect(() => decimal(Number.NaN)).toThrow(expect.objectContaining({ path: 'value' }))
})

// Around the end of the safe integers, where plain numbers give way to BigInt.
const wide = fc.oneof(
  fc.integer(),
  fc.integer({ min: -1000, max: 1000 }),
  fc.maxSafeInteger(),
  fc.integer({ min: -9, max: 9 }).map((by) => Number.MAX_SAFE_INTEGER - Math.abs(by)),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
)
const anyDecimal = fc
  .tuple(wide, wide)
  .filter(([, below]) => Number(below) !== 0)
  .map(([above, below]) => fraction(above, below))
const bigOf = (a: Decimal) => [BigInt(a.numerator), BigInt(a.denominator)] as const

/** The canonical form, worked out with BigInt alone. */
function expectFraction(actual: Decimal, above: bigint, below: bigint): void {
  const [n, d] = bigOf(actual)
  expect(n * below).toBe(above * d)
  expect(d > 0n).toBe(true)
  const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))
  expect(gcd(n < 0n ? -n : n, d)).toBe(1n)
  const small = [actual.numerator, actual.denominator].every((one) => Number.isSafeInteger(Number(one)))
  expect([typeof actual.numerator, typeof actual.denominator]).toEqual(
    small ? ['number', 'number'] : ['bigint', 'bigint'],
  )
}

test('plain numbers and BigInt give the same fraction, always reduced, plain whenever it fits', () => {
  fc.assert(
    fc.property(anyDecimal, anyDecimal, (a, b) => {
      const [[an, ad], [bn, bd]] = [bigOf(a), bigOf(b)]
      expectFraction(add(a, b), an * bd + bn * ad, ad * bd)
      expectFraction(subtract(a, b), an * bd - bn * ad, ad * bd)
      expectFraction(multiply(a, b), an * bn, ad * bd)
      if (!isZero(b)) expectFraction(divide(a, b), an * bd, ad * bn)
      const by = an * bd - bn * ad
      expect(compare(a, b)).toBe(by < 0n ? -1 : by > 0n ? 1 : 0)
      expect(sign(a)).toBe(an < 0n ? -1 : an > 0n ? 1 : 0)
    }),
    { numRuns: 2000 },
  )
})

test('rounding is that of BigInt for every size', () => {
  fc.assert(
    fc.property(anyDecimal, fc.integer({ min: 0, max: 18 }), (a, digits) => {
      const [n, d] = bigOf(a)
      const doubled = 2n * (n < 0n ? -n : n) * 10n ** BigInt(digits) + d
      const half = (n < 0n ? -1n : 1n) * (doubled / (2n * d))
      expect(scaled(a, digits)).toBe(half)
      const up = n * 10n ** BigInt(digits)
      const floor = up / d - (up < 0n && up % d !== 0n ? 1n : 0n)
      expect(BigInt(floorScaled(a, digits))).toBe(floor)
      expect(toNumber(a, digits)).toBe(Number(toText(a, digits)) + 0)
    }),
    { numRuns: 2000 },
  )
})

test('the smallest multiple of a step is that of BigInt for every size', () => {
  const positive = anyDecimal.filter((a) => sign(a) > 0)
  fc.assert(
    fc.property(positive, positive, (a, step) => {
      const [[an, ad], [sn, sd]] = [bigOf(a), bigOf(step)]
      const whole = (an * sd + ad * sn - 1n) / (ad * sn)
      expectFraction(ceilTo(a, step), whole * sn, sd)
    }),
  )
})

test('every double is read as its own shortest text', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.float({ noNaN: true, noDefaultInfinity: true })),
      (value) => {
        expect(decimal(value)).toEqual(decimal(String(value)))
      },
    ),
    { numRuns: 2000 },
  )
})

test('a sum is exact where only one of its parts left the safe integers', () => {
  // 9,007,199,254,740,993 / 3 less a third: a double knows only every second of such numerators.
  const sum = add(fraction(3_002_399_751_580_331, 1), fraction(-1, 3))
  expect(sum).toEqual({ numerator: 9_007_199_254_740_992n, denominator: 3n })
})

test('nothing below zero is nothing, a sum beyond the safe integers is a BigInt, large parts are reduced like small ones', () => {
  expect(decimal(-0)).toEqual({ numerator: 0, denominator: 1 })
  const most = fraction(9_007_199_254_740_991, 1)
  expect(add(most, most)).toEqual({ numerator: 18_014_398_509_481_982n, denominator: 1n })
  expect(fraction(25_769_803_776, 8_589_934_592)).toEqual({ numerator: 3, denominator: 1 })
})
