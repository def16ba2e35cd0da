/** From a START_SESSION to a session: can it be done, and what stands fixed from then on. Pure. */
import type { CdrLocation, CdrToken } from '@plugtill/ocpi/modules/cdrs'
import type { StartSession } from '@plugtill/ocpi/modules/commands'
import type { Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId, Peer } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import { decimal } from '@plugtill/pricing/decimal'
import { toMinor } from '@plugtill/pricing/money'
import { ownerOf } from '../partners.ts'
import type { CpoSettings } from '../settings.ts'
import { type Sites, type Spot, spotsOf } from '../sites/configuration.ts'
import { openAt } from '../sites/opening-times.ts'
import { type Sale, saleTo, tariffOf } from '../sites/sale.ts'
import type { ChargingSession, Place, SessionTerms } from './session.ts'

/** What is offered at the place of a command, or why it cannot be used. */
export type Offer = { readonly spot: Spot; readonly evse: Evse; readonly tariff: Tariff } | { readonly refused: string }

export interface Scene {
  readonly sites: Sites
  readonly location: Location
  /** Those this partner may buy at. */
  readonly tariffs: readonly Tariff[]
  readonly sale: Sale
  readonly now: number
  readonly online: (chargerId: string) => boolean
  /** The EVSE is reserved, for whoever commands now. */
  readonly reservedForThem?: boolean
}

/** The token is not looked at: whoever sends START_SESSION has authorised it. (C-305) */
export function offerFor(command: Pick<StartSession, 'evse_uid' | 'connector_id'>, scene: Scene): Offer {
  const { location } = scene
  const evse = evseOf(location, command.evse_uid)
  if ('refused' in evse) return evse
  const spot = spotOf(scene.sites, { location, evse, connectorId: command.connector_id })
  if ('refused' in spot) return spot
  const unusable = unusableBecause(evse, scene.reservedForThem)
  if (unusable !== undefined) return { refused: unusable }
  if (location.charging_when_closed === false && !openAt(location.opening_times, location.time_zone, scene.now))
    return { refused: `Location ${location.id} is closed now, and nothing is charged there while it is.` }
  if (!scene.online(spot.connector.charger.id)) return { refused: `The charger of EVSE ${evse.uid} is not connected.` }
  const { tariffs, sale, now } = scene
  const choice = tariffOf(sale, { ids: spot.connector.tariff_ids ?? [], tariffs, at: now })
  const buyers = sale === 'card' ? 'a card payment' : 'drivers of a mobility provider'
  if ('none' in choice) return { refused: `EVSE ${evse.uid} has no tariff for ${buyers}: ${choice.none}` }
  return { spot, evse, tariff: choice.tariff }
}

export function evseOf(location: Location, uid: string | null | undefined): Evse | { readonly refused: string } {
  const evses = (location.evses ?? []).filter((evse) => evse.status !== 'REMOVED')
  if (uid == null) {
    const [only, ...others] = evses
    if (only !== undefined && others.length === 0) return only
    return { refused: `Location ${location.id} has ${evses.length} EVSEs. Name one in evse_uid.` }
  }
  return evses.find((evse) => sameCi(evse.uid, uid)) ?? { refused: `Location ${location.id} has no EVSE "${uid}".` }
}

export function spotOf(
  sites: Sites,
  at: { readonly location: Location; readonly evse: Evse; readonly connectorId: string | null | undefined },
): Spot | { readonly refused: string } {
  const spots = spotsOf(sites).filter(
    (spot) => sameCi(spot.site.id, at.location.id) && sameCi(spot.evse.uid, at.evse.uid),
  )
  if (at.connectorId != null) {
    const wanted = at.connectorId
    return (
      spots.find((spot) => sameCi(spot.connector.id, wanted)) ?? {
        refused: `EVSE ${at.evse.uid} has no connector "${wanted}".`,
      }
    )
  }
  if (at.evse.capabilities?.includes('START_SESSION_CONNECTOR_REQUIRED')) {
    return { refused: `EVSE ${at.evse.uid} is START_SESSION_CONNECTOR_REQUIRED. Name the connector in connector_id.` }
  }
  return spots[0] ?? { refused: `EVSE ${at.evse.uid} has no charger.` }
}

export function unusableBecause(evse: Evse, reservedForThem = false): string | undefined {
  if (!evse.capabilities?.includes('REMOTE_START_STOP_CAPABLE')) return `EVSE ${evse.uid} cannot be started remotely.`
  switch (evse.status) {
    case 'AVAILABLE':
      return undefined
    case 'CHARGING':
    case 'BLOCKED':
      return `EVSE ${evse.uid} is occupied.`
    case 'RESERVED':
      return reservedForThem ? undefined : `EVSE ${evse.uid} is reserved.`
    default:
      return `EVSE ${evse.uid} is out of use (${evse.status}).`
  }
}

/** Texts are shorter than in Location. (E-61) An EVSE without number is `#NA`. (E-62) */
export function cdrLocationOf(location: Location, spot: Spot): CdrLocation {
  return {
    id: location.id,
    ...(location.name == null ? {} : { name: location.name }),
    address: location.address.slice(0, 45),
    city: location.city,
    ...(location.postal_code == null ? {} : { postal_code: location.postal_code }),
    ...(location.state == null ? {} : { state: location.state.slice(0, 20) }),
    country: location.country,
    coordinates: location.coordinates,
    evse_uid: spot.evse.uid,
    evse_id: spot.evse.evse_id ?? '#NA',
    connector_id: spot.connector.id,
    connector_standard: spot.connector.standard,
    connector_format: spot.connector.format,
    connector_power_type: spot.connector.power_type,
  }
}

/** Only a card has a limit that was held; a driver under contract gets his invoice from his provider. */
export function termsOf(
  settings: CpoSettings,
  { tariff, spot: { connector } }: Pick<Extract<Offer, { readonly spot: Spot }>, 'tariff' | 'spot'>,
  sale: Sale,
): SessionTerms {
  const held = settings.stopAtPreauthorizeAmount && sale === 'card' ? tariff.preauthorize_amount : undefined
  return {
    plugInWindowMs: settings.plugInWindowS * 1000,
    silenceMs: settings.chargerSilenceS * 1000,
    updateEveryMs: settings.sessionUpdateS * 1000,
    updateEveryWh: settings.sessionUpdateWh,
    ...(connector.max_electric_power == null ? {} : { maxPowerKw: connector.max_electric_power / 1000 }),
    ...(settings.chargerSpeed === 1 ? {} : { chargerSpeed: settings.chargerSpeed }),
    ...(held == null || held <= 0
      ? {}
      : {
          stopAtMinor: Math.floor((toMinor(decimal(held), tariff.currency) * (100 - settings.stopMarginPercent)) / 100),
          holdMinor: toMinor(decimal(held), tariff.currency),
        }),
    minimumWh: settings.minimumBilledWh,
    invoiceBy: sale === 'card' ? settings.invoiceBy : 'PTP',
  }
}

/** Two commands with the same reference are one when they say the same. */
export function fingerprintOf({ token, location_id, evse_uid, connector_id }: StartSession): string {
  return JSON.stringify([token.uid, token.type, location_id, evse_uid ?? null, connector_id ?? null]).toLowerCase()
}

export function placeOf({ site, evse, connector }: Spot): Place {
  const { id, connector: number, evse: evseNumber } = connector.charger
  return {
    locationId: site.id,
    evseUid: evse.uid,
    connectorId: connector.id,
    chargerId: id,
    chargerConnector: number,
    ...(evseNumber === undefined ? {} : { chargerEvse: evseNumber }),
  }
}

/** (OCPP 1.6, 7.28 IdToken) */
const TAG_LENGTH = 20
const UNIQUE_LENGTH = 9

/**
 * What the charger sees of the token: its uid where that fits. The uid of a card comes again, also at the station
 * itself, and would then be taken for this session.
 */
export function idTagOf({ uid, type }: Pick<CdrToken, 'uid' | 'type'>, sessionId: string): string {
  const fits = uid.length <= TAG_LENGTH && /^[A-Za-z0-9*\-_=:+|@.]+$/.test(uid)
  return fits && type !== 'RFID' ? uid : uniqueTag(uid, sessionId)
}

/** A tag is never used twice: the token may be longer than there is room, and may come again. */
export function uniqueTag(uid: string, sessionId: string): string {
  const unique = sessionId.replaceAll('-', '').slice(-UNIQUE_LENGTH).toUpperCase()
  const start = uid.replace(/[^A-Za-z0-9]/g, '').slice(0, TAG_LENGTH - UNIQUE_LENGTH - 1)
  return `${start}-${unique}`
}

/** Whose driver it is, and how it came to charge. */
export interface Buyer {
  readonly peerId: string
  readonly owner: string
  readonly sale: Sale
  readonly token: CdrToken
  readonly authMethod?: ChargingSession['authMethod']
  readonly reference?: string
  readonly fingerprint: string
  /** Where the result of a command goes. */
  readonly responseUrl?: string
  readonly correlationId: string
}

export function buyerOf(command: StartSession, peer: Peer, correlationId: string): Buyer {
  const { country_code, party_id, uid, type, contract_id } = command.token
  return {
    peerId: peer.id,
    owner: ownerOf(peer),
    sale: saleTo(peer, command.token),
    token: { country_code, party_id, uid, type, contract_id },
    ...(command.authorization_reference == null ? {} : { reference: command.authorization_reference }),
    fingerprint: fingerprintOf(command),
    responseUrl: command.response_url,
    correlationId,
  }
}

export function newSession(
  buyer: Buyer,
  at: {
    readonly ids: () => string
    readonly now: number
    readonly party: PartyId
    readonly location: Location
    readonly offer: Extract<Offer, { readonly spot: Spot }>
    readonly settings: CpoSettings
    /** The tag of the reservation that is used. */
    readonly idTag?: string | undefined
  },
): ChargingSession {
  const { spot, tariff } = at.offer
  const id = at.ids()
  return {
    id,
    state: 'commanded',
    peerId: buyer.peerId,
    owner: buyer.owner,
    countryCode: at.party.countryCode,
    partyId: at.party.partyId,
    ...(buyer.reference === undefined ? {} : { reference: buyer.reference }),
    fingerprint: buyer.fingerprint,
    responseUrl: buyer.responseUrl ?? '',
    correlationId: buyer.correlationId,
    idTag: at.idTag ?? idTagOf(buyer.token, id),
    token: buyer.token,
    ...(buyer.authMethod === undefined ? {} : { authMethod: buyer.authMethod }),
    place: placeOf(spot),
    cdrLocation: cdrLocationOf(at.location, spot),
    timeZone: at.location.time_zone,
    tariff,
    terms: termsOf(at.settings, at.offer, buyer.sale),
    createdAt: at.now,
    cdrId: at.ids(),
    announced: false,
    changedAt: at.now,
    resultSent: false,
    limitStops: 0,
  }
}
