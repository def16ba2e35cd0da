/** Where one can charge: Location, EVSE and Connector. Owned by the CPO. (locations; C-101 to C-111) */
import type { Static } from 'typebox'
import { list, module, one, patch, put } from '../module.ts'
import {
  bool,
  ciString,
  DateTime,
  DisplayText,
  int,
  listOf,
  object,
  oneOrMore,
  optional,
  patchOf,
  text,
  url,
} from '../types.ts'
import { EvseParking, Parking } from './locations-parking.ts'
import {
  AdditionalGeoLocation,
  BusinessDetails,
  Capability,
  ConnectorCapability,
  ConnectorFormat,
  ConnectorType,
  EnergyMix,
  Facility,
  GeoLocation,
  Hours,
  Image,
  ParkingRestriction,
  ParkingType,
  PowerType,
  PublishTokenType,
  Status,
  StatusSchedule,
} from './locations-parts.ts'

/** One socket or cable. (locations › Connector) */
export const Connector = object({
  /** Unique within its EVSE only. (C-106) */
  id: ciString(36),
  standard: ConnectorType,
  format: ConnectorFormat,
  power_type: PowerType,
  max_voltage: int,
  max_amperage: int,
  /** Watts. */
  max_electric_power: optional(int),
  tariff_ids: listOf(ciString(36)),
  terms_and_conditions: optional(url),
  capabilities: listOf(ConnectorCapability),
  last_updated: DateTime,
})
export type Connector = Static<typeof Connector>

/** The part of a charge point that serves one vehicle at a time. (locations › EVSE) */
export const Evse = object({
  uid: ciString(36),
  evse_id: optional(ciString(48)),
  status: Status,
  status_schedule: listOf(StatusSchedule),
  capabilities: listOf(Capability),
  connectors: oneOrMore(Connector),
  floor_level: optional(text(4)),
  coordinates: optional(GeoLocation),
  /** Printed on the outside; what a terminal shows to the driver. */
  physical_reference: optional(text(16)),
  directions: listOf(DisplayText),
  parking_restrictions: listOf(ParkingRestriction),
  parking: listOf(EvseParking),
  images: listOf(Image),
  accepted_service_providers: listOf(text(50)),
  last_updated: DateTime,
})
export type Evse = Static<typeof Evse>

/** A site with its EVSEs. (locations › Location) */
export const Location = object({
  country_code: ciString(2),
  party_id: ciString(3),
  id: ciString(36),
  publish: bool,
  publish_allowed_to: listOf(PublishTokenType),
  name: optional(text(255)),
  /** Edition 1 allowed 45 characters only. (F-21) */
  address: text(255),
  city: text(45),
  postal_code: optional(text(10)),
  state: optional(text(45)),
  /** ISO 3166-1 alpha-3. */
  country: text(3),
  coordinates: GeoLocation,
  related_locations: listOf(AdditionalGeoLocation),
  parking_type: optional(ParkingType),
  evses: listOf(Evse),
  parking_places: listOf(Parking),
  directions: listOf(DisplayText),
  operator: optional(BusinessDetails),
  suboperator: optional(BusinessDetails),
  owner: optional(BusinessDetails),
  facilities: listOf(Facility),
  time_zone: text(255),
  opening_times: optional(Hours),
  /** Absent means true. */
  charging_when_closed: optional(bool),
  images: listOf(Image),
  energy_mix: optional(EnergyMix),
  help_phone: optional(ciString(25)),
  last_updated: DateTime,
})
export type Location = Static<typeof Location>

/** Changed fields of a Location. (locations › PATCH; C-103) */
export const LocationPatch = patchOf(Location)
export type LocationPatch = Static<typeof LocationPatch>

/** Changed fields of an EVSE; status REMOVED is how one is taken away. (locations › PATCH; C-102, C-103) */
export const EvsePatch = patchOf(Evse)
export type EvsePatch = Static<typeof EvsePatch>

/** Changed fields of a Connector. (locations › PATCH; C-103) */
export const ConnectorPatch = patchOf(Connector)
export type ConnectorPatch = Static<typeof ConnectorPatch>

const LOCATION = '/:country_code/:party_id/:location_id'
const EVSE = `${LOCATION}/:evse_uid`
const CONNECTOR = `${EVSE}/:connector_id`

/** The CPO is asked by id, the receiver of pushes by owner and id. (locations › Interfaces and endpoints; C.1) */
export const locations = module('locations', {
  sender: {
    list: list('', Location),
    location: one('/:location_id', Location),
    evse: one('/:location_id/:evse_uid', Evse),
    connector: one('/:location_id/:evse_uid/:connector_id', Connector),
  },
  receiver: {
    location: one(LOCATION, Location),
    evse: one(EVSE, Evse),
    connector: one(CONNECTOR, Connector),
    putLocation: put(LOCATION, Location),
    putEvse: put(EVSE, Evse),
    putConnector: put(CONNECTOR, Connector),
    patchLocation: patch(LOCATION, LocationPatch),
    patchEvse: patch(EVSE, EvsePatch),
    patchConnector: patch(CONNECTOR, ConnectorPatch),
  },
})
