/** The smaller classes and enums of Locations, some of them used by other modules too. (locations › Data types) */
import type { Static } from 'typebox'
import {
  bool,
  ciString,
  closedEnum,
  DateTime,
  DisplayText,
  formatted,
  int,
  intBetween,
  listOf,
  num,
  object,
  openEnum,
  optional,
  text,
  timeOfDay,
  url,
} from '../types.ts'
import { TokenType } from './tokens-parts.ts'

/** Status of an EVSE. (locations › Status) */
export const Status = closedEnum([
  'AVAILABLE',
  'BLOCKED',
  'CHARGING',
  'INOPERATIVE',
  'OUTOFORDER',
  'PLANNED',
  'REMOVED',
  'RESERVED',
  'UNKNOWN',
])
export type Status = Static<typeof Status>

/** (locations › Capability; C-108, C-109) */
export const Capability = openEnum([
  'CHARGING_PROFILE_CAPABLE',
  'CHARGING_PREFERENCES_CAPABLE',
  'CHIP_CARD_SUPPORT',
  'CONTACTLESS_CARD_SUPPORT',
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'PED_TERMINAL',
  'REMOTE_START_STOP_CAPABLE',
  'RESERVABLE',
  'RFID_READER',
  'START_SESSION_CONNECTOR_REQUIRED',
  'TOKEN_GROUP_CAPABLE',
  'UNLOCK_CAPABLE',
])
export type Capability = Static<typeof Capability>

/** (locations › ConnectorCapability) */
export const ConnectorCapability = openEnum(['ISO_15118_2_PLUG_AND_CHARGE', 'ISO_15118_20_PLUG_AND_CHARGE'])
export type ConnectorCapability = Static<typeof ConnectorCapability>

/** (locations › ConnectorFormat) */
export const ConnectorFormat = closedEnum(['SOCKET', 'CABLE'])
export type ConnectorFormat = Static<typeof ConnectorFormat>

/** (locations › ConnectorType) */
export const ConnectorType = openEnum([
  'CHADEMO',
  'CHAOJI',
  'DOMESTIC_A',
  'DOMESTIC_B',
  'DOMESTIC_C',
  'DOMESTIC_D',
  'DOMESTIC_E',
  'DOMESTIC_F',
  'DOMESTIC_G',
  'DOMESTIC_H',
  'DOMESTIC_I',
  'DOMESTIC_J',
  'DOMESTIC_K',
  'DOMESTIC_L',
  'DOMESTIC_M',
  'DOMESTIC_N',
  'DOMESTIC_O',
  'GBT_AC',
  'GBT_DC',
  'IEC_60309_2_single_16',
  'IEC_60309_2_three_16',
  'IEC_60309_2_three_32',
  'IEC_60309_2_three_64',
  'IEC_62196_T1',
  'IEC_62196_T1_COMBO',
  'IEC_62196_T2',
  'IEC_62196_T2_COMBO',
  'IEC_62196_T3A',
  'IEC_62196_T3C',
  'MCS',
  'NEMA_5_20',
  'NEMA_6_30',
  'NEMA_6_50',
  'NEMA_10_30',
  'NEMA_10_50',
  'NEMA_14_30',
  'NEMA_14_50',
  'PANTOGRAPH_BOTTOM_UP',
  'PANTOGRAPH_TOP_DOWN',
  'SAE_J3400',
  'TESLA_R',
  'TESLA_S',
])
export type ConnectorType = Static<typeof ConnectorType>

/** (locations › PowerType) */
export const PowerType = closedEnum(['AC_1_PHASE', 'AC_2_PHASE', 'AC_2_PHASE_SPLIT', 'AC_3_PHASE', 'DC'])
export type PowerType = Static<typeof PowerType>

/** (locations › Facility) */
export const Facility = openEnum([
  'HOTEL',
  'RESTAURANT',
  'CAFE',
  'MALL',
  'SUPERMARKET',
  'SPORT',
  'RECREATION_AREA',
  'NATURE',
  'MUSEUM',
  'BIKE_SHARING',
  'BUS_STOP',
  'TAXI_STAND',
  'TRAM_STOP',
  'METRO_STATION',
  'TRAIN_STATION',
  'AIRPORT',
  'PARKING_LOT',
  'CARPOOL_PARKING',
  'FUEL_STATION',
  'WIFI',
])
export type Facility = Static<typeof Facility>

/** (locations › ParkingType) */
export const ParkingType = openEnum([
  'ALONG_MOTORWAY',
  'PARKING_GARAGE',
  'PARKING_LOT',
  'ON_DRIVEWAY',
  'ON_STREET',
  'UNDERGROUND_GARAGE',
])
export type ParkingType = Static<typeof ParkingType>

/** Who may charge here, apart from the type of vehicle. (locations › ParkingRestriction; F-12, F-16) */
export const ParkingRestriction = openEnum([
  'CUSTOMERS',
  'DISABLED',
  'EMPLOYEES',
  'EV_ONLY',
  'MOTORCYCLES',
  'PLUGGED',
  'TAXIS',
  'TENANTS',
])
export type ParkingRestriction = Static<typeof ParkingRestriction>

/** (locations › ImageCategory) */
export const ImageCategory = openEnum(['CHARGER', 'ENTRANCE', 'LOCATION', 'NETWORK', 'OPERATOR', 'OTHER', 'OWNER'])
export type ImageCategory = Static<typeof ImageCategory>

/** (locations › Image) */
export const Image = object({
  url,
  thumbnail: optional(url),
  category: ImageCategory,
  type: ciString(4),
  width: optional(int),
  height: optional(int),
})
export type Image = Static<typeof Image>

/** (locations › BusinessDetails) */
export const BusinessDetails = object({
  name: text(100),
  website: optional(url),
  logo: optional(Image),
})
export type BusinessDetails = Static<typeof BusinessDetails>

const latitude = formatted('^-?[0-9]{1,2}\\.[0-9]{5,7}$', 'a latitude with 5 to 7 decimals like 50.770774', 10)
const longitude = formatted('^-?[0-9]{1,3}\\.[0-9]{5,7}$', 'a longitude with 5 to 7 decimals like -126.104965', 11)

/** Coordinates are strings, so that no decimal gets lost. (locations › GeoLocation) */
export const GeoLocation = object({ latitude, longitude })
export type GeoLocation = Static<typeof GeoLocation>

/** (locations › AdditionalGeoLocation) */
export const AdditionalGeoLocation = object({
  latitude,
  longitude,
  name: optional(DisplayText),
})
export type AdditionalGeoLocation = Static<typeof AdditionalGeoLocation>

/** (locations › EnergySource) */
export const EnergySource = object({
  source: closedEnum(['NUCLEAR', 'GENERAL_FOSSIL', 'COAL', 'GAS', 'GENERAL_GREEN', 'SOLAR', 'WIND', 'WATER']),
  percentage: num,
})
export type EnergySource = Static<typeof EnergySource>

/** (locations › EnvironmentalImpact) */
export const EnvironmentalImpact = object({
  category: openEnum(['NUCLEAR_WASTE', 'CARBON_DIOXIDE']),
  amount: num,
})
export type EnvironmentalImpact = Static<typeof EnvironmentalImpact>

/** (locations › EnergyMix) */
export const EnergyMix = object({
  is_green_energy: bool,
  energy_sources: listOf(EnergySource),
  environ_impact: listOf(EnvironmentalImpact),
  supplier_name: optional(text(64)),
  energy_product_name: optional(text(64)),
})
export type EnergyMix = Static<typeof EnergyMix>

/** Weekly opening hours in local time, Monday is 1. (locations › RegularHours) */
export const RegularHours = object({
  weekday: intBetween(1, 7),
  period_begin: timeOfDay,
  period_end: timeOfDay,
})
export type RegularHours = Static<typeof RegularHours>

/** A period that differs from the weekly hours, in UTC. (locations › ExceptionalPeriod) */
export const ExceptionalPeriod = object({
  period_begin: DateTime,
  period_end: DateTime,
})
export type ExceptionalPeriod = Static<typeof ExceptionalPeriod>

/** (locations › Hours) */
export const Hours = object({
  twentyfourseven: bool,
  regular_hours: listOf(RegularHours),
  exceptional_openings: listOf(ExceptionalPeriod),
  exceptional_closings: listOf(ExceptionalPeriod),
})
export type Hours = Static<typeof Hours>

/** (locations › StatusSchedule) */
export const StatusSchedule = object({
  period_begin: DateTime,
  period_end: optional(DateTime),
  status: Status,
})
export type StatusSchedule = Static<typeof StatusSchedule>

/** A token to whose owner an unpublished Location may be shown. (locations › PublishTokenType; C-105) */
export const PublishTokenType = object({
  uid: optional(ciString(36)),
  type: optional(TokenType),
  visual_number: optional(text(64)),
  issuer: optional(text(64)),
  group_id: optional(ciString(36)),
})
export type PublishTokenType = Static<typeof PublishTokenType>
