import type { SqlValue } from './store.ts'

const SIZES = [1, 4, 16, 64, 250, 500] as const

/** The most values that one statement takes. */
export const MANY = 500

/**
 * Values for an IN list, the last one repeated until there are as many as in one of few sizes: each length is a statement of
 * its own, and a database that has prepared one of them takes it again only for the very same length.
 */
export function fewSizes<Value extends SqlValue>(values: readonly Value[]): readonly Value[] {
  const size = SIZES.find((one) => one >= values.length) ?? values.length
  const last = values.at(-1)
  return last === undefined ? values : [...values, ...Array.from({ length: size - values.length }, () => last)]
}
