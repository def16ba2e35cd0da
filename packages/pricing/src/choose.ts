import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { sameCi } from '@plugtill/ocpi/types'
import { instant } from './periods.ts'

export type Choice<T extends Tariff> =
  | { readonly tariff: T /** Something the operator should know. */; readonly finding?: string }
  | { readonly none: string /** Ids that are not among the known tariffs. */; readonly missing: readonly string[] }

/**
 * The tariff of a connector for a card payment at this instant (ms): among the valid ones AD_HOC_PAYMENT, else one
 * without a type, else REGULAR when that is allowed. Of several the one that started last. (E-23)
 */
export function tariffFor<T extends Tariff>(
  tariffIds: readonly string[] | null | undefined,
  tariffs: readonly T[],
  at: number,
  options: { readonly allowRegular?: boolean } = {},
): Choice<T> {
  const ids = tariffIds ?? []
  const missing = ids.filter((id) => !tariffs.some((tariff) => sameCi(tariff.id, id)))
  if (ids.length === 0) return { none: 'The connector names no tariff.', missing }
  const known = tariffs.filter((tariff) => ids.some((id) => sameCi(tariff.id, id)))
  if (known.length === 0) return { none: `None of the tariffs ${ids.join(', ')} is known.`, missing }
  const valid = known.filter((tariff) => validAt(tariff, at))
  const groups = [
    valid.filter((tariff) => tariff.type === 'AD_HOC_PAYMENT'),
    valid.filter((tariff) => tariff.type == null),
    options.allowRegular ? valid.filter((tariff) => tariff.type === 'REGULAR') : [],
  ]
  const candidates = groups.find((group) => group.length > 0) ?? []
  const chosen = [...candidates].sort((a, b) => startOf(b) - startOf(a))[0]
  if (chosen === undefined) return { none: whyNone(known, valid), missing }
  if (candidates.length === 1) return { tariff: chosen }
  const names = candidates.map((tariff) => tariff.id).join(', ')
  return { tariff: chosen, finding: `Tariffs ${names} all fit a card payment; ${chosen.id} started last and is used.` }
}

/** Whether the tariff is in force: from its start, until just before its end. (tariffs › Tariff) */
export function validAt(tariff: Tariff, at: number): boolean {
  const end = tariff.end_date_time == null ? Number.POSITIVE_INFINITY : instant(tariff.end_date_time, 'end_date_time')
  return at >= startOf(tariff) && at < end
}

function startOf(tariff: Tariff): number {
  return tariff.start_date_time == null ? Number.NEGATIVE_INFINITY : instant(tariff.start_date_time, 'start_date_time')
}

function whyNone(known: readonly Tariff[], valid: readonly Tariff[]): string {
  const list = (tariffs: readonly Tariff[]) =>
    tariffs.map((tariff) => `${tariff.id} (${tariff.type ?? 'no type'})`).join(', ')
  return valid.length === 0
    ? `No tariff is in force now: ${list(known)}.`
    : `No tariff is meant for card payment: ${list(valid)}. One of type AD_HOC_PAYMENT or without a type is needed.`
}
