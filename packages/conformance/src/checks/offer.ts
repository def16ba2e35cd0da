/** What the platform under test offered at a place before something was bought there. */
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { sameCi } from '@plugtill/ocpi/types'
import { tariffFor } from '@plugtill/pricing/choose'
import type { View } from '../view.ts'
import type { Purchase } from './purchase.ts'

export interface Offered {
  readonly location: Location | undefined
  readonly evse: Evse | undefined
  readonly connector: Connector | undefined
  /** The tariff for a card payment there, as it was told last before the start. */
  readonly tariff: Tariff | undefined
}

export function offeredTo({ body, seen }: Purchase, view: View): Offered {
  const before = <T extends { readonly seen: { readonly index: number } }>(list: readonly T[]) =>
    list.filter((one) => one.seen.index < seen.index)
  const location = before(view.valid('Location')).findLast(({ value }) => sameCi(value.id, body.location_id))?.value
  const evse = location?.evses?.find(({ uid }) => body.evse_uid != null && sameCi(uid, body.evse_uid))
  const connector = evse?.connectors.find(({ id }) => body.connector_id == null || sameCi(id, body.connector_id))
  const tariffs = before(tariffsOf(view)).map(({ value }) => value)
  const newest = [...new Map(tariffs.map((tariff) => [tariff.id.toLowerCase(), tariff])).values()]
  const choice = tariffFor(connector?.tariff_ids, newest, seen.at, { allowRegular: true })
  return { location, evse, connector, tariff: 'tariff' in choice ? choice.tariff : undefined }
}

/** How many times faster than its plate says energy may flow at this EVSE; one that is not named may be any. */
export function speedAt({ pace }: View, evseUid: string | null | undefined): number {
  if (pace === undefined) return 1
  return evseUid == null || (pace.evses ?? [evseUid]).some((uid) => sameCi(uid, evseUid)) ? pace.speed : 1
}

/** Those that were offered, not those that were billed. */
export const tariffsOf = (view: View) => view.valid('Tariff').filter(({ seen }) => seen.module === 'tariffs')
