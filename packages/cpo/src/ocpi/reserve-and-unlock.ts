/** RESERVE_NOW, CANCEL_RESERVATION and UNLOCK_CONNECTOR: what a terminal does not need, and others do. */
import { Fault } from '@plugtill/engine/fault'
import type { CancelReservation, ReserveNow, StartSession, UnlockConnector } from '@plugtill/ocpi/modules/commands'
import type { Evse } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Call } from '@plugtill/ocpi/server'
import { sameCi } from '@plugtill/ocpi/types'
import { evseOf, idTagOf, placeOf, spotOf, unusableBecause } from '../charging/command.ts'
import type { Reservation } from '../charging/reservation.ts'
import { evseKey, numberOf } from '../effects/charging-kind.ts'
import { reservationKey, reservedEvseKey } from '../effects/reservation-kind.ts'
import { ownerOf } from '../partners.ts'
import type { Spot } from '../sites/configuration.ts'
import { accepted, type CommandsParts, notSupported, type Reply, rejected, unknownLocation } from './commands-words.ts'

export async function reserveNow(cpo: CommandsParts, { body, peer, correlationId }: Call<ReserveNow>): Promise<Reply> {
  const location = await cpo.register.location(body.location_id)
  if (location === undefined) return unknownLocation(cpo, body.location_id)
  const evse = evseOf(location, body.evse_uid)
  if ('refused' in evse) return rejected(cpo, evse.refused)
  if (!evse.capabilities?.includes('RESERVABLE')) return notSupported(cpo, `EVSE ${evse.uid} is not RESERVABLE.`)
  const spot = spotOf(cpo.sites, { location, evse, connectorId: evse.connectors[0]?.id })
  if ('refused' in spot) return rejected(cpo, spot.refused)
  const at = cpo.clock.now()
  const expiresAt = Date.parse(body.expiry_date)
  if (!(expiresAt > at)) return rejected(cpo, `expiry_date ${body.expiry_date} is not in the future.`)
  const owner = ownerOf(peer)
  const before = await cpo.reservations.find(reservationKey(owner, body.reservation_id))
  const responseUrl = body.response_url
  if (before !== undefined && sameCi(before.place.evseUid, evse.uid)) {
    await cpo.reservations.apply(before.id, { type: 'reserve-repeated', responseUrl, correlationId, expiresAt, at })
    return accepted(cpo)
  }
  const refused = await unreservable(cpo, { evse, spot })
  if (refused !== undefined || before !== undefined)
    return rejected(cpo, refused ?? `Reservation "${body.reservation_id}" is for another EVSE. Cancel it first.`)
  const currency = (await cpo.register.tariffs()).find(({ id }) => named(spot, id))?.currency ?? 'EUR'
  const reservation = newReservation(cpo, { body, peer, correlationId, spot, expiresAt, at, currency })
  try {
    await cpo.reservations.create(reservation, { type: 'reserve-commanded', at })
  } catch (error) {
    if (error instanceof Fault && error.code === 'KEY_TAKEN') return rejected(cpo, `EVSE ${evse.uid} is reserved.`)
    throw error
  }
  return accepted(cpo)
}

async function unreservable(
  cpo: CommandsParts,
  { evse, spot }: { readonly evse: Evse; readonly spot: Spot },
): Promise<string | undefined> {
  const unusable = unusableBecause(evse)
  if (unusable !== undefined) return unusable
  if (!cpo.chargers.online(spot.connector.charger.id)) return `The charger of EVSE ${evse.uid} is not connected.`
  if ((await cpo.charging.find(evseKey(evse.uid))) !== undefined) return `EVSE ${evse.uid} is occupied.`
  if ((await cpo.reservations.find(reservedEvseKey(evse.uid))) !== undefined) return `EVSE ${evse.uid} is reserved.`
  return pricedBecause(spot, await cpo.register.tariffs())
}

const named = ({ connector }: Spot, tariffId: string) =>
  connector.tariff_ids?.some((one) => sameCi(one, tariffId)) === true

/** Nothing is held for a reservation, so that it may cost nothing. (tariffs › TariffRestrictions reservation) */
function pricedBecause(spot: Spot, tariffs: readonly Tariff[]): string | undefined {
  const own = tariffs.filter(({ id }) => named(spot, id))
  const priced = own.find(({ elements }) => elements.some(({ restrictions }) => restrictions?.reservation != null))
  return priced && `Tariff "${priced.id}" of EVSE ${spot.evse.uid} asks money for a reservation; that is not sold here.`
}

function newReservation(
  { ids, party }: CommandsParts,
  at: Pick<Call<ReserveNow>, 'body' | 'peer' | 'correlationId'> & {
    readonly spot: Spot
    readonly expiresAt: number
    readonly at: number
    readonly currency: string
  },
): Reservation {
  const { token, reservation_id, authorization_reference, response_url } = at.body
  const { country_code, party_id, uid, type, contract_id } = token
  const id = ids()
  return {
    id,
    state: 'commanded',
    peerId: at.peer.id,
    owner: ownerOf(at.peer),
    countryCode: party.countryCode,
    partyId: party.partyId,
    ...(authorization_reference == null ? {} : { reference: authorization_reference }),
    reservationId: reservation_id,
    number: numberOf(id),
    responseUrl: response_url,
    correlationId: at.correlationId,
    idTag: idTagOf(token, id),
    token: { country_code, party_id, uid, type, contract_id },
    place: placeOf(at.spot),
    currency: at.currency,
    createdAt: at.at,
    expiresAt: at.expiresAt,
    changedAt: at.at,
  }
}

/** The reservation that a START_SESSION uses: of the same partner and token, at the same EVSE. */
export async function reservationFor(
  cpo: CommandsParts,
  { body, peer }: Pick<Call<StartSession>, 'body' | 'peer'>,
): Promise<Reservation | undefined> {
  if (body.evse_uid == null) return undefined
  const reservation = await cpo.reservations.find(reservedEvseKey(body.evse_uid))
  if (reservation === undefined || reservation.owner !== ownerOf(peer)) return undefined
  return sameCi(reservation.token.uid, body.token.uid) ? reservation : undefined
}

/** Also while the charger has not yet said that it is reserved. */
export async function reservedForAnother(
  cpo: CommandsParts,
  evseUid: string,
  own: Reservation | undefined,
): Promise<{ readonly refused?: string }> {
  const kept = await cpo.reservations.find(reservedEvseKey(evseUid))
  return kept === undefined || kept.id === own?.id ? {} : { refused: `EVSE ${evseUid} is reserved.` }
}

/** An id that nobody knows, or no more, is the result of the command, not its refusal. (commands › CommandResultType) */
export async function cancelReservation(cpo: CommandsParts, call: Call<CancelReservation>): Promise<Reply> {
  const { body, peer, correlationId } = call
  const owner = ownerOf(peer)
  const answerTo = { responseUrl: body.response_url, correlationId }
  const reservation = await cpo.reservations.find(reservationKey(owner, body.reservation_id))
  if (reservation !== undefined) {
    await cpo.reservations.apply(reservation.id, { type: 'cancel-commanded', answerTo, at: cpo.clock.now() })
    return accepted(cpo)
  }
  const id = cpo.ids()
  await cpo.requests.create(
    { id, state: 'asked', peerId: peer.id, owner, answerTo, what: { do: 'say' } },
    { type: 'result-known', result: 'UNKNOWN_RESERVATION' },
  )
  return accepted(cpo)
}

/** For help desks (C-309): it ends what charges there, so nobody unlocks the cable of another partner's driver. */
export async function unlockConnector(cpo: CommandsParts, call: Call<UnlockConnector>): Promise<Reply> {
  const { body, peer, correlationId } = call
  const location = await cpo.register.location(body.location_id)
  if (location === undefined) return unknownLocation(cpo, body.location_id)
  const evse = evseOf(location, body.evse_uid)
  if ('refused' in evse) return rejected(cpo, evse.refused)
  const spot = spotOf(cpo.sites, { location, evse, connectorId: body.connector_id })
  if ('refused' in spot) return rejected(cpo, spot.refused)
  if (!cpo.chargers.online(spot.connector.charger.id))
    return rejected(cpo, `The charger of EVSE ${evse.uid} is not connected.`)
  const owner = ownerOf(peer)
  const session = await cpo.charging.find(evseKey(evse.uid))
  if (session !== undefined && session.owner !== owner)
    return rejected(cpo, `EVSE ${evse.uid} is occupied by the driver of another partner.`)
  const answerTo = { responseUrl: body.response_url, correlationId }
  const what = { do: 'unlock', place: placeOf(spot) } as const
  await cpo.requests.create(
    { id: cpo.ids(), state: 'asked', peerId: peer.id, owner, answerTo, what },
    { type: 'requested' },
  )
  return accepted(cpo)
}
