/** Parking spaces at EVSEs: of interest to national access points, kept and passed on by everyone else. (C-110) */
import type { Static } from 'typebox'
import { bool, ciString, closedEnum, listOf, num, object, oneOrMore, openEnum, optional, text } from '../types.ts'
import { Image } from './locations-parts.ts'

/** (locations › VehicleType) */
export const VehicleType = openEnum([
  'MOTORCYCLE',
  'PERSONAL_VEHICLE',
  'PERSONAL_VEHICLE_WITH_TRAILER',
  'VAN',
  'SEMI_TRACTOR',
  'RIGID',
  'TRUCK_WITH_TRAILER',
  'BUS',
  'DISABLED',
])
export type VehicleType = Static<typeof VehicleType>

/** A parking space; sizes in centimetres, weight in kilograms, time limit in minutes. (locations › Parking; C-110) */
export const Parking = object({
  id: ciString(36),
  physical_reference: optional(text(12)),
  vehicle_types: oneOrMore(VehicleType),
  max_vehicle_weight: optional(num),
  max_vehicle_height: optional(num),
  max_vehicle_length: optional(num),
  max_vehicle_width: optional(num),
  parking_space_length: optional(num),
  parking_space_width: optional(num),
  dangerous_goods_allowed: optional(bool),
  direction: optional(closedEnum(['PARALLEL', 'PERPENDICULAR', 'ANGLE'])),
  drive_through: optional(bool),
  restricted_to_type: bool,
  reservation_required: bool,
  time_limit: optional(num),
  roofed: optional(bool),
  images: listOf(Image),
  lighting: optional(bool),
  refrigeration_outlet: optional(bool),
  standards: listOf(ciString(36)),
  apds_reference: optional(ciString(255)),
})
export type Parking = Static<typeof Parking>

/** (locations › EVSEParking) */
export const EvseParking = object({
  parking_id: ciString(36),
  evse_position: optional(closedEnum(['LEFT', 'RIGHT', 'CENTER'])),
})
export type EvseParking = Static<typeof EvseParking>
