/** What the terminals of the judge sell, by the assignments and the locations that the CPO told. */

import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import { hubIn } from '@plugtill/ocpi/peers'
import { ciKey, sameCi } from '@plugtill/ocpi/types'
import type { Seen } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'

export interface Assignment {
  readonly locations: readonly string[]
  readonly evses: readonly string[]
}

export const CHANGES = ['payments.patchTerminal', 'payments.putTerminal', 'payments.activate'] as const

/** Last part of a path, as it was meant. */
export function lastPart(url: string): string {
  const part = url.split(/[?#]/)[0]?.replace(/\/+$/, '').split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

export interface Assigning extends Assignment {
  readonly seen: Seen
  /** Id in the URL; of an activation what it names. */
  readonly terminal: string
}

/** Every message that names locations or EVSEs for a terminal, whether it was taken or not. */
export function assigningIn(view: View): readonly Assigning[] {
  return view.of('partner', ...CHANGES).flatMap((seen): readonly Assigning[] => {
    const { location_ids, evse_uids, terminal_id, reference } = (seen.question ?? {}) as Readonly<{
      [name: string]: unknown
    }>
    if (location_ids === undefined && evse_uids === undefined) return []
    const named = seen.place === 'payments.activate' ? String(terminal_id ?? reference ?? '') : lastPart(seen.url)
    return [{ seen, terminal: named.toLowerCase(), locations: texts(location_ids), evses: texts(evse_uids) }]
  })
}

/** The assignment in force, by terminal. */
export function assignmentsIn(view: View): ReadonlyMap<string, Assignment> {
  const kept = new Map<string, Assignment>()
  for (const { seen, terminal, locations, evses } of assigningIn(view)) {
    if (!isYes(seen)) continue
    const { location_ids, evse_uids } = seen.question as Readonly<Record<string, unknown>>
    const before = kept.get(terminal)
    kept.set(terminal, {
      locations: location_ids === undefined ? (before?.locations ?? []) : locations,
      evses: evse_uids === undefined ? (before?.evses ?? []) : evses,
    })
  }
  return kept
}

/** One EVSE of a location, with where it stands in the message. */
export interface Place {
  readonly seen: Seen
  readonly location: Location
  readonly evse: Evse
  readonly pointer: string
}

const newest = new WeakMap<readonly Seen[], readonly Found<Location>[]>()

/** The last word about each location. */
export function locationsIn(view: View): readonly Found<Location>[] {
  const before = newest.get(view.seen)
  if (before !== undefined) return before
  const byId = new Map(
    view.valid('Location').map((one) => [ciKey(one.value.country_code, one.value.party_id, one.value.id), one]),
  )
  const made = [...byId.values()]
  newest.set(view.seen, made)
  return made
}

export const placesIn = (view: View): readonly Place[] =>
  locationsIn(view).flatMap(({ seen, value: location, pointer }) =>
    (location.evses ?? []).map((evse, index) => ({ seen, location, evse, pointer: `${pointer}/evses/${index}` })),
  )

const isIn = (ids: readonly string[], id: string) => ids.some((one) => sameCi(one, id))

/** What each terminal sells: the union of both lists. (C-702) */
export function soldByTerminal(view: View): readonly (readonly Place[])[] {
  const places = placesIn(view)
  return [...assignmentsIn(view).values()].map(({ locations, evses }) =>
    places.filter(
      ({ location, evse }) => evse.status !== 'REMOVED' && (isIn(locations, location.id) || isIn(evses, evse.uid)),
    ),
  )
}

export const soldIn = (view: View): readonly Place[] => [...new Set(soldByTerminal(view).flat())]

export interface Plug extends Place {
  readonly connector: Connector
}

export const plugsIn = (places: readonly Place[]): readonly Plug[] =>
  places.flatMap((place) =>
    place.evse.connectors.map((connector, index) => ({
      ...place,
      connector,
      pointer: `${place.pointer}/connectors/${index}`,
    })),
  )

/** The parties of the CPO, as its credentials name them. */
export function partiesIn(view: View): readonly string[] {
  return view.found('Credentials').flatMap(({ value }) => {
    const { roles } = (value ?? {}) as { roles?: unknown }
    if (!Array.isArray(roles)) return []
    return roles.map((role: unknown) => {
      const { country_code, party_id } = (role ?? {}) as Readonly<Record<string, unknown>>
      return `${String(country_code)}-${String(party_id)}`.toUpperCase()
    })
  })
}

/** Nothing to say as long as no credentials were read. */
export function isParty(view: View, countryCode: string, partyId: string): boolean | undefined {
  const parties = partiesIn(view)
  // Objects of the parties behind a hub are theirs, and the credentials of a hub need not name them.
  const hub = view.valid('Credentials').some(({ value }) => hubIn(value) !== undefined)
  return parties.length === 0 || hub ? undefined : parties.includes(`${countryCode}-${partyId}`.toUpperCase())
}
