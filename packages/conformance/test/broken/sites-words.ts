/** Words for faults of what a CPO says about its sites. */
import type { Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { WireRequest } from '@plugtill/ocpi/wire'
import { answers, asks, body, items, type Json, reply, type Spoil, set } from './defect.ts'

export const LOCATIONS = /^GET \S+\/sender\/locations/
export const LIST = /^GET \S+\/sender\/locations(\?|$)/
export const TARIFFS = /^GET \S+\/sender\/tariffs(\?|$)/
export const STATUS = /^PATCH \S+\/receiver\/locations\//
export const ASSIGN = /^PATCH \S+\/sender\/payments\/terminals\//

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : [])

const evsesOf = (one: Json): readonly Json[] => ('connectors' in one ? [one] : listOf(one['evses']))
const connectorsOf = (one: Json): readonly Json[] =>
  'standard' in one ? [one] : evsesOf(one).flatMap((evse) => listOf(evse['connectors']))

/** Every location that is read, alone or in the list. */
export const locations = (change: (location: Json) => void): Spoil =>
  answers(LOCATIONS, (response) =>
    items(response, (one) => {
      if ('time_zone' in one) change(one)
    }),
  )
export const evses = (change: (evse: Json) => void): Spoil =>
  answers(LOCATIONS, (response) => items(response, (one) => void evsesOf(one).forEach(change)))
export const connectors = (change: (connector: Json) => void): Spoil =>
  answers(LOCATIONS, (response) => items(response, (one) => void connectorsOf(one).forEach(change)))

/** A field of each. */
export const field =
  (name: string, to: unknown) =>
  (one: Json): void =>
    set(one, `/${name}`, to)

/** One answer of the locations, by the kind of object. */
export const alone = (what: 'location' | 'EVSE' | 'connector', change: (one: Json) => void): Spoil =>
  answers(DEPTH[what], (response) => items(response, change))
export const DEPTH = {
  location: /^GET \S+\/sender\/locations\/[^/?]+$/,
  EVSE: /^GET \S+\/sender\/locations\/[^/?]+\/[^/?]+$/,
  connector: /^GET \S+\/sender\/locations\/[^/?]+\/[^/?]+\/[^/?]+$/,
} as const

/** What the platform pushes about an EVSE. */
export const pushes = (change: (change: Json) => unknown): Spoil => asks(STATUS, (request) => body(request, change))
export const assigns = (change: (change: Json) => unknown): Spoil => asks(ASSIGN, (request) => body(request, change))
export const at = (request: WireRequest, change: (url: string) => string): WireRequest => ({
  ...request,
  url: change(request.url),
})

/** Every tariff as it is listed. */
export const listed = (change: (tariff: Json) => void): Spoil => answers(TARIFFS, (response) => items(response, change))

/** Every tariff as it is sold and billed. */
export const sold = (change: (tariff: Tariff) => object): Spoil => ({
  options: { tariffs: (all: readonly Tariff[]) => all.map(change) },
})
export const priced = (...components: readonly object[]): Spoil =>
  sold((tariff) => ({ ...tariff, elements: [{ price_components: components }] }))
/** Every location as it is sold. */
export const built = (change: (location: Location) => object): Spoil => ({
  options: { locations: (all: readonly Location[]) => all.map(change) },
})

/** A success becomes something else; what is refused stays refused. */
export const instead = (match: RegExp, status: number, envelope: Json): Spoil =>
  answers(match, (response) =>
    response.status === 200
      ? { ...response, status, body: JSON.stringify({ timestamp: '2030-07-02T10:00:00.000Z', ...envelope }) }
      : response,
  )

export const energy = (more: object = {}) => ({ type: 'ENERGY', price: 0.4, vat: 21, step_size: 1, ...more })
export const fee = (more: object = {}) => ({ type: 'FLAT', price: 0.5, vat: 21, step_size: 1, ...more })

export const no = (status_code = 2001, status_message = 'Not accepted.') => reply(200, { status_code, status_message })
