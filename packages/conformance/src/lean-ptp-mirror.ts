/** What the judge's PTP knows of the CPO's sites: pulled, pushed, and put together. (locations, tariffs › Receiver) */
import type { Calls } from '@plugtill/ocpi/client'
import { OcpiError } from '@plugtill/ocpi/errors'
import { merge } from '@plugtill/ocpi/merge'
import { type Connector, type Evse, type Location, locations } from '@plugtill/ocpi/modules/locations'
import { type Tariff, tariffs } from '@plugtill/ocpi/modules/tariffs'
import { type Call, type Mounted, mount } from '@plugtill/ocpi/server'
import { ciKey, parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { createShelf, type Shelf } from './lean-shelf.ts'

export interface Mirror {
  readonly locations: Shelf<Location>
  readonly tariffs: Shelf<Tariff>
  /** Reads the lists to their ends. */
  readonly pullLocations: () => Promise<void>
  readonly pullTariffs: () => Promise<void>
  /** Both, the second also when the first one fails. */
  readonly pull: () => Promise<void>
  /** Whether some location, or some EVSE, has this id. */
  readonly knows: (id: string) => boolean
  readonly modules: readonly Mounted[]
}

export interface MirrorParts {
  readonly locations: () => Promise<Calls<typeof locations.sender>>
  readonly tariffs: () => Promise<Calls<typeof tariffs.sender>>
}

export function createMirror(parts: MirrorParts): Mirror {
  const sites = createShelf<Location>()
  const prices = createShelf<Tariff>()
  const pullLocations = async () => {
    for await (const one of (await parts.locations()).list()) sites.put(one, ...ownedBy(one), one.id)
  }
  const pullTariffs = async () => {
    const offered = new Set<string>()
    for await (const one of (await parts.tariffs()).list()) {
      prices.put(one, ...ownedBy(one), one.id)
      offered.add(ciKey(...ownedBy(one), one.id))
    }
    // The list replaces what was known. (C-201)
    for (const one of prices.all())
      if (!offered.has(ciKey(...ownedBy(one), one.id))) prices.remove(...ownedBy(one), one.id)
  }
  return {
    locations: sites,
    tariffs: prices,
    pullLocations,
    pullTariffs,
    pull: async () => {
      try {
        await pullLocations()
      } finally {
        await pullTariffs()
      }
    },
    knows: (id) =>
      sites.all().some((one) => sameCi(one.id, id) || (one.evses ?? []).some(({ uid }) => sameCi(uid, id))),
    modules: [locationsReceiver(sites), tariffsReceiver(prices)],
  }
}

const ownedBy = (object: { readonly country_code: string; readonly party_id: string }) =>
  [object.country_code, object.party_id] as const

type AnyCall = Pick<Call<unknown>, 'params'>

const idIn = ({ params }: AnyCall, name: string) =>
  [params['country_code'] ?? '', params['party_id'] ?? '', params[name] ?? ''] as const

interface Dated {
  readonly last_updated: string
}
const isOlder = (word: Dated, stored: Dated) => parseDateTime(word.last_updated) < parseDateTime(stored.last_updated)

const replaced = <T>(list: readonly T[], item: T, same: (other: T) => boolean): readonly T[] =>
  list.some(same) ? list.map((other) => (same(other) ? item : other)) : [...list, item]

/** A changed child is a change of its parents (C-101), but a child that changed before another one makes none older. */
const raised = (parent: Dated, child: Dated): string => (isOlder(child, parent) ? parent : child).last_updated

function withEvse(location: Location, evse: Evse): Location {
  const evses = replaced(location.evses ?? [], evse, ({ uid }) => sameCi(uid, evse.uid))
  return { ...location, evses, last_updated: raised(location, evse) }
}

function withConnector(evse: Evse, connector: Connector): Evse {
  const connectors = replaced(evse.connectors, connector, ({ id }) => sameCi(id, connector.id))
  return { ...evse, connectors, last_updated: raised(evse, connector) }
}

function locationsReceiver(shelf: Shelf<Location>): Mounted {
  const location = (call: AnyCall) => shelf.get(...idIn(call, 'location_id'))
  const evse = ({ params }: AnyCall, parent: Location | undefined) =>
    parent?.evses?.find(({ uid }) => sameCi(uid, params['evse_uid'] ?? ''))
  const connector = ({ params }: AnyCall, parent: Evse | undefined) =>
    parent?.connectors.find(({ id }) => sameCi(id, params['connector_id'] ?? ''))
  /** A change needs what it changes: HTTP 404 and 2003. (E-51) */
  const known = <T>(object: T | undefined, what: string): T => {
    if (object !== undefined) return object
    throw new OcpiError(2003, `${what} is not known here. Send the whole Location by PUT first.`, { http: 404 })
  }
  const keep = (one: Location) => shelf.put(one, ...ownedBy(one), one.id)
  return mount(locations, 'receiver', {
    location: async (call) => location(call),
    evse: async (call) => evse(call, location(call)),
    connector: async (call) => connector(call, evse(call, location(call))),
    putLocation: async ({ body }) => ({ created: keep(body) === 'created' }),
    putEvse: async (call) => {
      const parent = known(location(call), 'The Location')
      const before = evse(call, parent)
      if (before === undefined || !isOlder(call.body, before)) keep(withEvse(parent, call.body))
      return { created: before === undefined }
    },
    putConnector: async (call) => {
      const site = known(location(call), 'The Location')
      const parent = known(evse(call, site), 'The EVSE')
      const before = connector(call, parent)
      if (before === undefined || !isOlder(call.body, before)) keep(withEvse(site, withConnector(parent, call.body)))
      return { created: before === undefined }
    },
    patchLocation: async (call) => {
      const before = known(location(call), 'The Location')
      if (!isOlder(call.body, before)) keep(merge(before, call.body))
    },
    patchEvse: async (call) => {
      const parent = known(location(call), 'The Location')
      const before = known(evse(call, parent), 'The EVSE')
      if (!isOlder(call.body, before)) keep(withEvse(parent, merge(before, call.body)))
    },
    patchConnector: async (call) => {
      const site = known(location(call), 'The Location')
      const parent = known(evse(call, site), 'The EVSE')
      const before = known(connector(call, parent), 'The Connector')
      if (!isOlder(call.body, before)) keep(withEvse(site, withConnector(parent, merge(before, call.body))))
    },
  })
}

function tariffsReceiver(shelf: Shelf<Tariff>): Mounted {
  return mount(tariffs, 'receiver', {
    tariff: async (call) => shelf.get(...idIn(call, 'tariff_id')),
    putTariff: async ({ body }) => ({ created: shelf.put(body, ...ownedBy(body), body.id) === 'created' }),
    deleteTariff: async (call) => {
      if (!shelf.remove(...idIn(call, 'tariff_id')))
        throw new OcpiError(2001, `Tariff ${call.params['tariff_id']} is not known here.`, { http: 404 })
    },
  })
}
