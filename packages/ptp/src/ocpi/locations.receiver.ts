/** Pushes of Locations, EVSEs and Connectors from their CPO. (locations › Receiver; C-101 to C-103) */
import { OcpiError } from '@plugtill/ocpi/errors'
import { merge } from '@plugtill/ocpi/merge'
import type { Connector, Evse, Location, locations } from '@plugtill/ocpi/modules/locations'
import type { Call, Handlers } from '@plugtill/ocpi/server'
import { sameCi } from '@plugtill/ocpi/types'
import { connectorOf, evseOf, type Mirror, raisedEvse, raisedLocation } from '../mirror.ts'
import { type Dated, isOlder } from '../word-order.ts'

type AnyCall = Call<unknown>

const partyIn = (call: AnyCall) => ({
  countryCode: call.params['country_code'] ?? '',
  partyId: call.params['party_id'] ?? '',
})

/** PATCH, and PUT of a child, need what they change: HTTP 404 and 2003. (E-51) */
const unknownLocation = (what: string) =>
  new OcpiError(2003, `${what} is not known here. Send the whole Location by PUT first.`, { http: 404 })

const replaced = <T>(list: readonly T[], item: T, same: (other: T) => boolean): readonly T[] =>
  list.some(same) ? list.map((other) => (same(other) ? item : other)) : [...list, item]

/** What is kept has its own time: raised by that of a child, an earlier change of its own that comes later would be lost. (C-101) */
function withEvse(location: Location, evse: Evse): Location {
  const evses = replaced(location.evses ?? [], evse, (other) => sameCi(other.uid, evse.uid))
  return { ...location, evses }
}

function withConnector(evse: Evse, connector: Connector): Evse {
  const connectors = replaced(evse.connectors, connector, (other) => sameCi(other.id, connector.id))
  return { ...evse, connectors }
}

/** What a call is about, as it is kept. */
function keptIn(mirror: Mirror) {
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
  return { stored, change, knownEvse, evse }
}

export function locationsReceiver(
  mirror: Mirror,
  clock: { readonly now: () => number },
): Handlers<typeof locations.receiver> {
  const isLate = (word: Dated, known: Dated) => isOlder(word, known, clock.now())
  const { stored, change, knownEvse, evse } = keptIn(mirror)
  return {
    location: async (call) => {
      const location = await stored(call)
      return location && raisedLocation(location)
    },
    evse: async (call) => {
      const known = await evse(call)
      return known && raisedEvse(known)
    },
    connector: async (call) => connectorOf(await evse(call), call.params['connector_id'] ?? ''),
    putLocation: async (call) => ({ created: (await mirror.putLocation(call.peer.id, call.body)) === 'created' }),
    putEvse: async (call) => {
      let before: Evse | undefined
      await change(call, (location) => {
        before = evseOf(location, call.body.uid)
        // The whole of it says what its connectors said as well.
        return before && isLate(call.body, raisedEvse(before)) ? undefined : withEvse(location, call.body)
      })
      return before ? {} : { created: true }
    },
    putConnector: async (call) => {
      let before: Connector | undefined
      await change(call, (location) => {
        const parent = knownEvse(call, location)
        before = connectorOf(parent, call.body.id)
        return before && isLate(call.body, before) ? undefined : withEvse(location, withConnector(parent, call.body))
      })
      return before ? {} : { created: true }
    },
    patchLocation: async (call) => {
      await change(call, (location) => (isLate(call.body, location) ? undefined : merge(location, call.body)))
      return {}
    },
    patchEvse: async (call) => {
      await change(call, (location) => {
        const before = knownEvse(call, location)
        return isLate(call.body, before) ? undefined : withEvse(location, merge(before, call.body))
      })
      return {}
    },
    patchConnector: async (call) => {
      await change(call, (location) => {
        const parent = knownEvse(call, location)
        const before = connectorOf(parent, call.params['connector_id'] ?? '')
        if (!before) throw unknownLocation(`Connector ${call.params['connector_id']}`)
        if (isLate(call.body, before)) return undefined
        return withEvse(location, withConnector(parent, merge(before, call.body)))
      })
      return {}
    },
  }
}
