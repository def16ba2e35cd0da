/** Fractions of BigInt, written a second time so that the oracle shares no arithmetic with the engine. */
export interface Ratio {
  readonly n: bigint
  readonly d: bigint
  plus(other: Ratio): Ratio
  minus(other: Ratio): Ratio
  times(other: Ratio): Ratio
  over(other: Ratio): Ratio
  below(other: Ratio): boolean
  equals(other: Ratio): boolean
}

/** A whole number, or the decimal that a number's text says. */
export function ratio(value: number | bigint): Ratio {
  if (typeof value === 'bigint') return make(value, 1n)
  const [digits = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', part = ''] = digits.split('.')
  const power = Number(exponent) - part.length
  const units = BigInt(whole + part)
  return power >= 0 ? make(units * 10n ** BigInt(power), 1n) : make(units, 10n ** BigInt(-power))
}

export const ZERO: Ratio = ratio(0)

/** Up to a whole number. */
export function ceil({ n, d }: Ratio): bigint {
  const down = n / d
  return n > 0n && down * d !== n ? down + 1n : down
}

/** To a whole number, half away from zero. */
export function round({ n, d }: Ratio): bigint {
  const up = (2n * (n < 0n ? -n : n) + d) / (2n * d)
  return n < 0n ? -up : up
}

export function make(n: bigint, d: bigint): Ratio {
  let [a, b] = [n < 0n ? -n : n, d < 0n ? -d : d]
  while (b > 0n) [a, b] = [b, a % b]
  const by = a === 0n ? 1n : d < 0n ? -a : a
  const [top, under] = [n / by, d / by]
  return {
    n: top,
    d: under,
    plus: (other) => make(top * other.d + other.n * under, under * other.d),
    minus: (other) => make(top * other.d - other.n * under, under * other.d),
    times: (other) => make(top * other.n, under * other.d),
    over: (other) => make(top * other.d, under * other.n),
    below: (other) => top * other.d < other.n * under,
    equals: (other) => top === other.n && under === other.d,
  }
}
