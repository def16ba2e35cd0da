/** A session while it happens. Owned by the CPO. (sessions; C-501 to C-509) */
import type { Static } from 'typebox'
import { list, module, one, patch, put } from '../module.ts'
import { bool, ciString, closedEnum, DateTime, listOf, num, object, optional, Price, patchOf, text } from '../types.ts'
import { AuthMethod, CdrToken, ChargingPeriod } from './cdrs.ts'
import { ProfileType } from './tokens-parts.ts'

/** COMPLETED and INVALID are final. (sessions › SessionStatus; C-501, C-506) */
export const SessionStatus = closedEnum(['ACTIVE', 'COMPLETED', 'INVALID', 'PENDING', 'RESERVATION'])
export type SessionStatus = Static<typeof SessionStatus>

/** (sessions › Session) */
export const Session = object({
  country_code: ciString(2),
  party_id: ciString(3),
  id: ciString(36),
  start_date_time: DateTime,
  end_date_time: optional(DateTime),
  kwh: num,
  cdr_token: CdrToken,
  auth_method: AuthMethod,
  /** The value given in StartSession, unchanged. (C-505) */
  authorization_reference: optional(ciString(36)),
  location_id: ciString(36),
  /** This and the next are `#NA` for a reservation without EVSE. */
  evse_uid: ciString(36),
  connector_id: ciString(36),
  meter_id: optional(text(255)),
  currency: text(3),
  charging_periods: listOf(ChargingPeriod),
  /** Absent does not mean free. (C-507) */
  total_cost: optional(Price),
  status: SessionStatus,
  last_updated: DateTime,
})
export type Session = Static<typeof Session>

/** Changed fields of a Session; charging periods are appended. (sessions › PATCH; C-503) */
export const SessionPatch = patchOf(Session)
export type SessionPatch = Static<typeof SessionPatch>

/** (sessions › ChargingPreferences) */
export const ChargingPreferences = object({
  profile_type: ProfileType,
  departure_time: optional(DateTime),
  energy_need: optional(num),
  discharge_allowed: optional(bool),
})
export type ChargingPreferences = Static<typeof ChargingPreferences>

/** (sessions › ChargingPreferencesResponse) */
export const ChargingPreferencesResponse = closedEnum([
  'ACCEPTED',
  'DEPARTURE_REQUIRED',
  'ENERGY_NEED_REQUIRED',
  'NOT_POSSIBLE',
  'PROFILE_TYPE_NOT_SUPPORTED',
])
export type ChargingPreferencesResponse = Static<typeof ChargingPreferencesResponse>

const SESSION = '/:country_code/:party_id/:session_id'

/** `date_from` is required for the list. (sessions › Interfaces and endpoints; A-26, C.5) */
export const sessions = module('sessions', {
  sender: {
    list: list('', Session),
    chargingPreferences: put('/:session_id/charging_preferences', ChargingPreferences, ChargingPreferencesResponse),
  },
  receiver: {
    session: one(SESSION, Session),
    putSession: put(SESSION, Session),
    patchSession: patch(SESSION, SessionPatch),
  },
})
