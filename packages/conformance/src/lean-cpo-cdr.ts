/** What a session of the judge's CPO is on the wire: Session while it lasts, CDR when it is over. */
import type { Cdr, ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import type { StartSession } from '@plugtill/ocpi/modules/commands'
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Session, SessionStatus } from '@plugtill/ocpi/modules/sessions'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId } from '@plugtill/ocpi/peers'
import { formatDateTime } from '@plugtill/ocpi/types'
import { sessionOf } from '@plugtill/pricing/periods'
import { type Breakdown, price } from '@plugtill/pricing/price'

/** One charge, from the command to the CDR. */
export interface Charge {
  readonly id: string
  readonly cdrId: string
  readonly owner: PartyId
  readonly start: StartSession
  readonly place: { readonly location: Location; readonly evse: Evse; readonly connector: Connector }
  readonly tariff: Tariff
  readonly createdAt: number
  /** Whether the CPO makes the driver's invoice. */
  readonly invoiced: boolean
  /** Nothing is asked for it. */
  readonly free?: boolean
  readonly status: SessionStatus
  /** When the car was plugged in, and when it was unplugged. */
  readonly from?: number
  readonly to?: number
}

const HOUR_MS = 3_600_000
/** Numbers on the wire have four decimals, rounded down: no price step begins by a rounding error. */
const fourDecimals = (value: number) => Math.floor(value * 10_000 + 1e-6) / 10_000

function measured({ place, from, to }: Charge, now: number) {
  const hours = from === undefined ? 0 : fourDecimals(((to ?? now) - from) / HOUR_MS)
  return { hours, kwh: fourDecimals((hours * (place.connector.max_electric_power ?? 0)) / 1000) }
}

function periodsOf(charge: Charge, now: number): readonly [ChargingPeriod] {
  const { hours, kwh } = measured(charge, now)
  return [
    {
      start_date_time: formatDateTime(charge.from ?? charge.createdAt),
      dimensions: [
        { type: 'ENERGY', volume: kwh },
        { type: 'TIME', volume: hours },
      ],
      tariff_id: charge.tariff.id,
    },
  ]
}

function costOf(charge: Charge, now: number): Breakdown {
  const part = {
    start_date_time: formatDateTime(charge.from ?? charge.createdAt),
    end_date_time: formatDateTime(charge.to ?? now),
    charging_periods: periodsOf(charge, now),
  }
  return price(charge.tariff, sessionOf(part, charge.place.location.time_zone))
}

const tokenOf = ({ token }: StartSession) => ({
  country_code: token.country_code,
  party_id: token.party_id,
  uid: token.uid,
  type: token.type,
  contract_id: token.contract_id,
})

const referenceOf = ({ start }: Charge) =>
  start.authorization_reference == null ? {} : { authorization_reference: start.authorization_reference }

/** (sessions › Session) */
export function sessionObject(charge: Charge, now: number): Session {
  const { id, owner, start, place, tariff, from, to, status } = charge
  return {
    country_code: owner.countryCode,
    party_id: owner.partyId,
    id,
    start_date_time: formatDateTime(from ?? charge.createdAt),
    ...(to === undefined ? {} : { end_date_time: formatDateTime(to) }),
    kwh: measured(charge, now).kwh,
    cdr_token: tokenOf(start),
    auth_method: 'COMMAND',
    ...referenceOf(charge),
    location_id: place.location.id,
    evse_uid: place.evse.uid,
    connector_id: place.connector.id,
    currency: tariff.currency,
    ...(from === undefined ? {} : { total_cost: costOf(charge, now).price }),
    ...(status === 'COMPLETED' ? { charging_periods: periodsOf(charge, now) } : {}),
    status,
    last_updated: formatDateTime(now),
  }
}

/** (cdrs › CDR; C-603 to C-608) */
export function cdrObject(charge: Charge, now: number): Cdr {
  const { owner, start, place, tariff } = charge
  const { location, evse, connector } = place
  const { hours, kwh } = measured(charge, now)
  const cost = costOf(charge, now)
  const { FLAT, ENERGY } = cost.perDimension
  return {
    country_code: owner.countryCode,
    party_id: owner.partyId,
    id: charge.cdrId,
    start_date_time: formatDateTime(charge.from ?? charge.createdAt),
    end_date_time: formatDateTime(charge.to ?? now),
    session_id: charge.id,
    cdr_token: tokenOf(start),
    auth_method: 'COMMAND',
    ...referenceOf(charge),
    cdr_location: {
      id: location.id,
      ...(location.name == null ? {} : { name: location.name }),
      address: location.address,
      city: location.city,
      ...(location.postal_code == null ? {} : { postal_code: location.postal_code }),
      country: location.country,
      coordinates: location.coordinates,
      evse_uid: evse.uid,
      evse_id: evse.evse_id ?? '#NA',
      connector_id: connector.id,
      connector_standard: connector.standard,
      connector_format: connector.format,
      connector_power_type: connector.power_type,
    },
    currency: tariff.currency,
    tariffs: [tariff],
    charging_periods: periodsOf(charge, now),
    total_cost: charge.free ? { before_taxes: 0, taxes: [] } : cost.price,
    ...(FLAT === undefined || charge.free ? {} : { total_fixed_cost: FLAT }),
    total_energy: kwh,
    ...(ENERGY === undefined || charge.free ? {} : { total_energy_cost: ENERGY }),
    total_time: hours,
    ...(charge.free ? { remark: 'Nothing is due.' } : {}),
    ...(charge.invoiced ? { invoice_reference_id: start.authorization_reference ?? charge.cdrId } : {}),
    last_updated: formatDateTime(now),
  }
}
