/**
 * Exact numbers for money: a fraction of two BigInts, always reduced. A decimal such as 0.25 is exact, and so is a third
 * of an hour; only `toNumber`, `toText` and `roundTo` round, half up (away from zero).
 */
export interface Decimal {
  readonly numerator: bigint
  /** Always positive. */
  readonly denominator: bigint
}
