/** Pushes of Locations, EVSEs and Connectors from their CPO. (locations › Receiver; C-101 to C-103) */
import { OcpiError } from '@plugtill/ocpi/errors'
import { merge } from '@plugtill/ocpi/merge'
import type { Connector, Evse, Location, locations } from '@plugtill/ocpi/modules/locations'
import type { Call, Handlers } from '@plugtill/ocpi/server'
import { parseDateTime, sameCi } from '@plugtill/ocpi/types'
import { connectorOf, evseOf, type Mirror } from '../mirror.ts'

type AnyCall = Call<unknown>

const partyIn = (call: AnyCall) => ({
  countryCode: call.params['country_code'] ?? '',
  partyId: call.params['party_id'] ?? '',
})

/** PATCH, and PUT of a child, need what they change: HTTP 404 and 2003. (E-51) */
const unknownLocation = (what: string) =>
  new OcpiError(2003, `${what} is not known here. Send the whole Location by PUT first.`, { http: 404 })

interface Dated {
  readonly last_updated: string
}
const isOlder = (stored: Dated, word: Dated) => parseDateTime(word.last_updated) < parseDateTime(stored.last_updated)

const replaced = <T>(list: readonly T[], item: T, same: (other: T) => boolean): readonly T[] =>
  list.some(same) ? list.map((other) => (same(other) ? item : other)) : [...list, item]

/** A changed child is a change of its parents (C-101), but a child that changed before another one makes none older. */
const raised = (parent: Dated, child: Dated): string => (isOlder(parent, child) ? parent : child).last_updated

function withEvse(location: Location, evse: Evse): Location {
  const evses = replaced(location.evses ?? [], evse, (other) => sameCi(other.uid, evse.uid))
  return { ...location, evses, last_updated: raised(location, evse) }
}

function withConnector(evse: Evse, connector: Connector): Evse {
  const connectors = replaced(evse.connectors, connector, (other) => sameCi(other.id, connector.id))
  return { ...evse, connectors, last_updated: raised(evse, connector) }
}

export function locationsReceiver(mirror: Mirror): Handlers<typeof locations.receiver> {
  const stored = (call: AnyCall) => mirror.location(call.peer.id, partyIn(call), call.params['location_id'] ?? '')
  const change = async (call: AnyCall, make: (location: Location) => Location | undefined) => {
    const of = { party: partyIn(call), id: call.params['location_id'] ?? '' }
    await mirror.changeLocation(call.peer.id, of, (location) => {
      if (!location) throw unknownLocation(`Location ${of.id}`)
      return make(location)
    })
  }
  const knownEvse = (call: AnyCall, location: Location): Evse => {
    const evse = evseOf(location, call.params['evse_uid'] ?? '')
    if (!evse) throw unknownLocation(`EVSE ${call.params['evse_uid']}`)
    return evse
  }
  const evse = async (call: AnyCall) => evseOf(await stored(call), call.params['evse_uid'] ?? '')
  return {
    location: stored,
    evse,
    connector: async (call) => connectorOf(await evse(call), call.params['connector_id'] ?? ''),
    putLocation: async (call) => ({ created: (await mirror.putLocation(call.peer.id, call.body)) === 'created' }),
    putEvse: async (call) => {
      let before: Evse | undefined
      await change(call, (location) => {
        before = evseOf(location, call.body.uid)
        return before && isOlder(before, call.body) ? undefined : withEvse(location, call.body)
      })
      return before ? {} : { created: true }
    },
    putConnector: async (call) => {
      let before: Connector | undefined
      await change(call, (location) => {
        const parent = knownEvse(call, location)
        before = connectorOf(parent, call.body.id)
        return before && isOlder(before, call.body) ? undefined : withEvse(location, withConnector(parent, call.body))
      })
      return before ? {} : { created: true }
    },
    patchLocation: async (call) => {
      await change(call, (location) => (isOlder(location, call.body) ? undefined : merge(location, call.body)))
      return {}
    },
    patchEvse: async (call) => {
      await change(call, (location) => {
        const before = knownEvse(call, location)
        return isOlder(before, call.body) ? undefined : withEvse(location, merge(before, call.body))
      })
      return {}
    },
    patchConnector: async (call) => {
      await change(call, (location) => {
        const parent = knownEvse(call, location)
        const before = connectorOf(parent, call.params['connector_id'] ?? '')
        if (!before) throw unknownLocation(`Connector ${call.params['connector_id']}`)
        if (isOlder(before, call.body)) return undefined
        return withEvse(location, withConnector(parent, merge(before, call.body)))
      })
      return {}
    },
  }
}
