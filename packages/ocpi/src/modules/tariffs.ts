/** What charging costs. Owned by the CPO. (tariffs; C-201 to C-208) */
import type { Static } from 'typebox'
import { del, list, module, one, put } from '../module.ts'
import {
  ciString,
  closedEnum,
  DateTime,
  DisplayText,
  formatted,
  int,
  listOf,
  num,
  object,
  oneOrMore,
  optional,
  PriceLimit,
  text,
  timeOfDay,
  url,
} from '../types.ts'
import { EnergyMix } from './locations-parts.ts'

/** When a tariff applies; absent means for every session. (tariffs › TariffType; E-23) */
export const TariffType = closedEnum(['AD_HOC_PAYMENT', 'PROFILE_CHEAP', 'PROFILE_FAST', 'PROFILE_GREEN', 'REGULAR'])
export type TariffType = Static<typeof TariffType>

/** (tariffs › TariffDimensionType) */
export const TariffDimensionType = closedEnum(['ENERGY', 'FLAT', 'PARKING_TIME', 'TIME'])
export type TariffDimensionType = Static<typeof TariffDimensionType>

/** (tariffs › DayOfWeek) */
export const DayOfWeek = closedEnum(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'])
export type DayOfWeek = Static<typeof DayOfWeek>

/** Whether the prices of a tariff contain taxes. (tariffs › TaxIncluded; E-72) */
export const TaxIncluded = closedEnum(['YES', 'NO', 'N/A'])
export type TaxIncluded = Static<typeof TaxIncluded>

/** (tariffs › PriceComponent) */
export const PriceComponent = object({
  type: TariffDimensionType,
  price: num,
  /** Percent; absent is not the same as 0. (F-04) */
  vat: optional(num),
  step_size: int,
})
export type PriceComponent = Static<typeof PriceComponent>

const date = formatted('^([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', 'a date YYYY-MM-DD', 10)

/** All given restrictions have to hold. (tariffs › TariffRestrictions) */
export const TariffRestrictions = object({
  start_time: optional(timeOfDay),
  end_time: optional(timeOfDay),
  start_date: optional(date),
  end_date: optional(date),
  min_kwh: optional(num),
  max_kwh: optional(num),
  min_current: optional(num),
  max_current: optional(num),
  min_power: optional(num),
  max_power: optional(num),
  min_duration: optional(int),
  max_duration: optional(int),
  day_of_week: listOf(DayOfWeek),
  reservation: optional(closedEnum(['RESERVATION', 'RESERVATION_EXPIRES'])),
})
export type TariffRestrictions = Static<typeof TariffRestrictions>

/** (tariffs › TariffElement) */
export const TariffElement = object({
  price_components: oneOrMore(PriceComponent),
  restrictions: optional(TariffRestrictions),
})
export type TariffElement = Static<typeof TariffElement>

/** (tariffs › Tariff) */
export const Tariff = object({
  country_code: ciString(2),
  party_id: ciString(3),
  id: ciString(36),
  currency: text(3),
  type: optional(TariffType),
  tariff_alt_text: listOf(DisplayText),
  tariff_alt_url: optional(url),
  min_price: optional(PriceLimit),
  max_price: optional(PriceLimit),
  /** What to hold on the card before the session starts, taxes included. (C-207, E-24) */
  preauthorize_amount: optional(num),
  elements: oneOrMore(TariffElement),
  tax_included: TaxIncluded,
  start_date_time: optional(DateTime),
  end_date_time: optional(DateTime),
  energy_mix: optional(EnergyMix),
  last_updated: DateTime,
})
export type Tariff = Static<typeof Tariff>

const TARIFF = '/:country_code/:party_id/:tariff_id'

/** GET of one tariff at the CPO is our extension, the chapter has the list only. (tariffs › Interfaces and endpoints; C.2, E-22) */
export const tariffs = module('tariffs', {
  sender: {
    list: list('', Tariff),
    tariff: one('/:tariff_id', Tariff),
  },
  receiver: {
    tariff: one(TARIFF, Tariff),
    putTariff: put(TARIFF, Tariff),
    deleteTariff: del(TARIFF),
  },
})
