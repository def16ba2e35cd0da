import type { Tariff } from '@plugtill/ocpi/modules/tariffs'

/** Free of charge, said in so many words: one element without restrictions, one FLAT component of 0. (C-206) */
export function isFree(tariff: Tariff): boolean {
  const [element, ...others] = tariff.elements
  if (element === undefined || others.length > 0) return false
  const restricted = Object.values(element.restrictions ?? {}).some(
    (one) => one != null && !(Array.isArray(one) && one.length === 0),
  )
  const [component, ...more] = element.price_components
  const bounded = (tariff.min_price?.before_taxes ?? 0) > 0 || (tariff.min_price?.after_taxes ?? 0) > 0
  return !restricted && !bounded && more.length === 0 && component?.type === 'FLAT' && component.price === 0
}
