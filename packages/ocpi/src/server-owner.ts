/** The wall between partners: what a URL and a body say about owner and object must fit the caller and each other. */
import { OcpiError } from './errors.ts'
import { ownsParty, type Peer } from './peers.ts'
import type { Target } from './server-routes.ts'
import { sameCi } from './types.ts'

/** Modules whose objects are pushed by their owner; payments objects name another party on purpose. (A-34, A-41, E-30) */
const PUSHED_BY_OWNER = new Set(['locations', 'tariffs', 'tokens', 'sessions', 'cdrs', 'invoicereconciliation'])

/** Where an object carries the id that stands last in its URL; "id" elsewhere. */
const ID_FIELD: Readonly<Record<string, string>> = { evse_uid: 'uid', token_uid: 'uid', terminal_id: 'terminal_id' }

const textField = (body: unknown, field: string): string | undefined => {
  if (typeof body !== 'object' || body === null) return undefined
  const value = (body as Readonly<Record<string, unknown>>)[field]
  return typeof value === 'string' ? value : undefined
}

function refuseDifferent(field: string, inBody: string | undefined, inUrl: string | undefined): void {
  if (inBody === undefined || inUrl === undefined || sameCi(inBody, inUrl)) return
  throw new OcpiError(
    2001,
    `${field} is "${inBody}" in the body but "${inUrl}" in the URL. Send the same value in both.`,
  )
}

/** Throws 404 for foreign owner ids in the URL, before the body is looked at. (A-35, T13) */
export function checkUrlOwner({ params, route }: Target, peer: Peer): void {
  // A hub speaks about other parties, not for them. (C.9)
  if (!route.module.routed) return
  const { country_code: countryCode, party_id: partyId } = params
  if (countryCode !== undefined && partyId !== undefined && !ownsParty(peer, { countryCode, partyId })) {
    // The same words whether such an object exists or not. (T14)
    throw new OcpiError(2001, `${countryCode}-${partyId} is none of your roles. Use a party of your credentials.`, {
      http: 404,
    })
  }
}

/** Throws 2001 for a body that contradicts its URL or its sender. (A-36, A-37, T13) */
export function checkBody({ route, params }: Target, peer: Peer, body: unknown): void {
  if (body === undefined) return
  refuseDifferent('country_code', textField(body, 'country_code'), params['country_code'])
  refuseDifferent('party_id', textField(body, 'party_id'), params['party_id'])
  const [name, at] = route.parameters.at(-1) ?? []
  if ((route.endpoint.kind === 'put' || route.endpoint.kind === 'patch') && name && at === route.segments.length - 1) {
    const field = ID_FIELD[name] ?? 'id'
    refuseDifferent(field, textField(body, field), params[name])
  }
  if (route.role === 'RECEIVER' && PUSHED_BY_OWNER.has(route.module.id)) checkBodyOwner(peer, body)
}

function checkBodyOwner(peer: Peer, body: unknown): void {
  const countryCode = textField(body, 'country_code')
  const partyId = textField(body, 'party_id')
  if (countryCode === undefined || partyId === undefined || ownsParty(peer, { countryCode, partyId })) return
  throw new OcpiError(
    2001,
    `The object belongs to ${countryCode}-${partyId}, which is none of your roles. Send only objects of your own parties.`,
  )
}
