/** Rulings that many checks share. */
import { sameCi } from '@plugtill/ocpi/types'
import type { Ruling } from '../check.ts'

/** Whether two ids mean the same. (types › CiString) */
export const same = (a: string | null | undefined, b: string | null | undefined): boolean =>
  a != null && b != null && sameCi(a, b)

export interface Compared {
  readonly message: string
  readonly expected: string | null | undefined
  readonly actual: string | null | undefined
  readonly field: string
}

/** Nothing to say when nothing is expected. */
export function equal({ message, expected, actual, field }: Compared): Ruling {
  if (expected == null || same(expected, actual)) return expected == null ? undefined : 'ok'
  return { message, expected, actual: actual ?? 'nothing', field }
}
