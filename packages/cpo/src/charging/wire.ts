/** The session as the partner sees it. */
import type { Session, SessionPatch } from '@plugtill/ocpi/modules/sessions'
import type { Price } from '@plugtill/ocpi/types'
import { formatDateTime } from '@plugtill/ocpi/types'
import { breakdownOf, chargingPeriods, isFree } from './cost.ts'
import { deliveredWh } from './meter.ts'
import { type ChargingSession, wireStatus } from './session.ts'

/** The whole object, or undefined while the partner may not know of it. (sessions › Session; C-504, C-505) */
export function sessionOf(session: ChargingSession): Session | undefined {
  const status = wireStatus(session)
  if (status === undefined) return undefined
  const { meter } = session
  const cost = costSoFar(session)
  return {
    country_code: session.countryCode,
    party_id: session.partyId,
    id: session.id,
    start_date_time: formatDateTime(meter?.startAt ?? session.createdAt),
    ...(session.endedAt === undefined ? {} : { end_date_time: formatDateTime(session.endedAt) }),
    kwh: meter === undefined ? 0 : deliveredWh(meter) / 1000,
    cdr_token: session.token,
    auth_method: session.authMethod ?? 'COMMAND',
    ...(session.reference === undefined ? {} : { authorization_reference: session.reference }),
    location_id: session.place.locationId,
    evse_uid: session.place.evseUid,
    connector_id: session.place.connectorId,
    currency: session.tariff.currency,
    ...(meter === undefined || meter.stretches.length === 0
      ? {}
      : { charging_periods: chargingPeriods(session, meter) }),
    ...(cost === undefined ? {} : { total_cost: cost }),
    status,
    last_updated: formatDateTime(session.changedAt),
  }
}

/**
 * What changes while it charges. Charging periods are left out: PATCH appends them (C-503), and a repeated PATCH would
 * then append them twice; they come with the PUT that ends the session.
 */
export function sessionPatchOf(session: Session): SessionPatch {
  const { start_date_time, end_date_time, kwh, total_cost, status, last_updated } = session
  return {
    start_date_time,
    ...(end_date_time == null ? {} : { end_date_time }),
    kwh,
    ...(total_cost == null ? {} : { total_cost }),
    status,
    last_updated,
  }
}

/** An INVALID session is not billed; a PENDING one costs nothing yet. (C-506, C-507) */
function costSoFar(session: ChargingSession): Price | undefined {
  const { meter } = session
  if (meter === undefined || session.state === 'failed' || session.state === 'expired') return undefined
  if (isFree(session)) return { before_taxes: 0, taxes: [] }
  return breakdownOf({ ...session, meter }).price
}
