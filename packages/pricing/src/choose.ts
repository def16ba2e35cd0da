import type { Tariff } from './tariff.ts'

export type Choice<T extends Tariff> =
  | { readonly tariff: T; /** Something the operator should know. */ readonly finding?: string }
  | { readonly none: string; /** Ids that are not among the known tariffs. */ readonly missing: readonly string[] }

/** The tariff of a connector for a card payment at this instant (ms). (E-23) */
export declare function tariffFor<T extends Tariff>(
  tariffIds: readonly string[],
  tariffs: readonly T[],
  at: number,
  options?: { readonly allowRegular?: boolean },
): Choice<T>
