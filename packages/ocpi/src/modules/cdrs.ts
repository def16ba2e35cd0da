/** The only object money is based on. Owned by the CPO, never changed once sent. (cdrs; C-601 to C-610) */
import type { Static } from 'typebox'
import { list, module, one, post } from '../module.ts'
import {
  bool,
  ciString,
  closedEnum,
  DateTime,
  int,
  listOf,
  num,
  object,
  oneOrMore,
  optional,
  Price,
  text,
} from '../types.ts'
import { ConnectorFormat, ConnectorType, GeoLocation, PowerType } from './locations-parts.ts'
import { Tariff } from './tariffs.ts'
import { TokenType } from './tokens-parts.ts'

/** How the session was allowed; COMMAND in direct payment. (cdrs › AuthMethod; C-607) */
export const AuthMethod = closedEnum(['AUTH_REQUEST', 'COMMAND', 'WHITELIST'])
export type AuthMethod = Static<typeof AuthMethod>

/** The token as it was at the start of the session. (cdrs › CdrToken; C-605) */
export const CdrToken = object({
  country_code: ciString(2),
  party_id: ciString(3),
  uid: ciString(36),
  type: TokenType,
  contract_id: ciString(36),
})
export type CdrToken = Static<typeof CdrToken>

/**
 * Energy in kWh, times in hours, currents in A over all phases, power in kW. The two RESERVATION_ dimensions after
 * RESERVATION_TIME come from Bookings and are understood, never sent. (cdrs › CdrDimensionType; E-65, E-71, C.11)
 */
export const CdrDimensionType = closedEnum([
  'CURRENT',
  'ENERGY',
  'ENERGY_EXPORT',
  'ENERGY_IMPORT',
  'MAX_CURRENT',
  'MIN_CURRENT',
  'MAX_POWER',
  'MIN_POWER',
  'PARKING_TIME',
  'POWER',
  'RESERVATION_TIME',
  'RESERVATION_EXPIRES',
  'RESERVATION_OVERTIME',
  'STATE_OF_CHARGE',
  'TIME',
])
export type CdrDimensionType = Static<typeof CdrDimensionType>

/** (cdrs › CdrDimension) */
export const CdrDimension = object({
  type: CdrDimensionType,
  volume: num,
})
export type CdrDimension = Static<typeof CdrDimension>

/** Ends where the next one starts. (cdrs › ChargingPeriod; C-606) */
export const ChargingPeriod = object({
  start_date_time: DateTime,
  dimensions: oneOrMore(CdrDimension),
  tariff_id: optional(ciString(36)),
})
export type ChargingPeriod = Static<typeof ChargingPeriod>

const cdrLocation = {
  id: ciString(36),
  name: optional(text(255)),
  address: text(45),
  city: text(45),
  postal_code: optional(text(10)),
  state: optional(text(20)),
  country: text(3),
  coordinates: GeoLocation,
  evse_uid: ciString(36),
  /** `#NA` when the EVSE has none. (E-62) */
  evse_id: ciString(48),
  connector_id: ciString(36),
  connector_standard: ConnectorType,
  connector_format: ConnectorFormat,
  connector_power_type: PowerType,
}

/** Where it happened; shorter texts than in Location. (cdrs › CdrLocation; E-61) */
export const CdrLocation = object(cdrLocation)
export type CdrLocation = Static<typeof CdrLocation>

/** (cdrs › SignedValue; F-22 for the length) */
export const SignedValue = object({
  nature: ciString(32),
  plain_data: text(5000),
  signed_data: text(5000),
})
export type SignedValue = Static<typeof SignedValue>

/** (cdrs › SignedData) */
export const SignedData = object({
  encoding_method: ciString(36),
  encoding_method_version: optional(int),
  public_key: optional(text(512)),
  signed_values: oneOrMore(SignedValue),
  url: optional(text(512)),
})
export type SignedData = Static<typeof SignedData>

const cdr = {
  country_code: ciString(2),
  party_id: ciString(3),
  id: ciString(39),
  start_date_time: DateTime,
  end_date_time: DateTime,
  session_id: optional(ciString(36)),
  cdr_token: CdrToken,
  auth_method: AuthMethod,
  authorization_reference: optional(ciString(36)),
  cdr_location: CdrLocation,
  meter_id: optional(text(255)),
  currency: text(3),
  tariffs: listOf(Tariff),
  charging_periods: oneOrMore(ChargingPeriod),
  signed_data: optional(SignedData),
  total_cost: Price,
  total_fixed_cost: optional(Price),
  total_energy: num,
  total_energy_cost: optional(Price),
  total_time: num,
  total_time_cost: optional(Price),
  total_parking_time: optional(num),
  total_parking_cost: optional(Price),
  total_reservation_cost: optional(Price),
  remark: optional(text(255)),
  /** Present: the CPO makes the driver's invoice. (C-608, E-19) */
  invoice_reference_id: optional(ciString(39)),
  credit: optional(bool),
  credit_reference_id: optional(ciString(39)),
  home_charging_compensation: optional(bool),
  last_updated: DateTime,
}

/** As it is sent. (cdrs › CDR) */
export const Cdr = object(cdr)
export type Cdr = Static<typeof Cdr>

/** As it is accepted: texts as long as those of the Location, `evse_id` may be missing. (cdrs › CdrLocation; E-61, E-62) */
export const CdrReceived = object({
  ...cdr,
  cdr_location: object({
    ...cdrLocation,
    address: text(255),
    state: optional(text(45)),
    evse_id: optional(ciString(48)),
  }),
})
export type CdrReceived = Static<typeof CdrReceived>

/** The receiver chooses the URL of a CDR and says it in the header `Location`. (cdrs › Interfaces and endpoints; C.6) */
export const cdrs = module('cdrs', {
  sender: {
    list: list('', CdrReceived),
  },
  receiver: {
    postCdr: post('', CdrReceived),
    cdr: one('/:id', CdrReceived),
  },
})
