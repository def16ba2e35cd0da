/** What 2.2.1 spells differently; the only file that knows the old words. (F-01 to F-20) */
import Type, { type Static } from 'typebox'
import { num, object, optional, Price } from '../types.ts'
import { type Codec, isObject, type JsonObject } from './codec.ts'
import { readSessionStatus } from './v2.3.0.ts'

/** Price before 2.3.0. (2.2.1 types › Price; F-01) */
export const LegacyPrice = object({
  excl_vat: num,
  incl_vat: optional(num),
})
export type LegacyPrice = Static<typeof LegacyPrice>

/** Either form, the current one first. (E-14) */
export const AnyPrice = Type.Union([Price, LegacyPrice])
export type AnyPrice = Static<typeof AnyPrice>

/** The current form of either; a difference to the gross price becomes one tax named "VAT". (F-01, E-14) */
export function priceOf(price: AnyPrice): Price {
  return 'before_taxes' in price ? price : liftPrice(price)
}

/** 2.2.1 to 2.3.0. (F-01) */
export function liftPrice(price: LegacyPrice): Price {
  const { excl_vat, incl_vat, ...rest } = price
  const taxes =
    typeof incl_vat === 'number' && incl_vat !== excl_vat
      ? [{ name: 'VAT', amount: addExactly(incl_vat, -excl_vat) }]
      : []
  return { ...rest, before_taxes: excl_vat, taxes }
}

/** 2.3.0 to 2.2.1; without taxes the gross price is unknown and left out. (F-01) */
export function lowerPrice(price: Price): LegacyPrice {
  const { before_taxes, taxes, ...rest } = price
  if (!taxes?.length) return { ...rest, excl_vat: before_taxes }
  return { ...rest, excl_vat: before_taxes, incl_vat: addExactly(before_taxes, ...taxes.map((tax) => tax.amount)) }
}

/** Sum of decimals without binary rounding: 0.1 + 0.2 is 0.3. */
function addExactly(...terms: readonly number[]): number {
  // Beyond this size toFixed writes exponents; no price gets there.
  if (terms.some((term) => Math.abs(term) >= 1e15)) return terms.reduce((total, term) => total + term, 0)
  const sum = terms.reduce((total, term) => total + BigInt(term.toFixed(10).replace('.', '')), 0n)
  const digits = (sum < 0n ? -sum : sum).toString().padStart(11, '0')
  return Number(`${sum < 0n ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`)
}

/** Fields that hold a Price, by module. (F-01, E-04) */
const PRICES: Readonly<Record<string, readonly string[]>> = {
  sessions: ['total_cost'],
  cdrs: [
    'total_cost',
    'total_fixed_cost',
    'total_energy_cost',
    'total_time_cost',
    'total_parking_cost',
    'total_reservation_cost',
  ],
  payments: ['total_costs'],
}

const LIMITS = ['min_price', 'max_price']

function change(value: JsonObject, names: readonly string[], by: (field: JsonObject) => object): JsonObject {
  const changed = names.flatMap((name) => (isObject(value[name]) ? [[name, by(value[name])]] : []))
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) }
}

const liftAnyPrice = (price: JsonObject): object =>
  typeof price['excl_vat'] === 'number' ? liftPrice(price as LegacyPrice) : price

const lowerAnyPrice = (price: JsonObject): object =>
  typeof price['before_taxes'] === 'number' ? lowerPrice(price as Price) : price

/** (F-02) */
function liftLimit(limit: JsonObject): object {
  if (typeof limit['excl_vat'] !== 'number') return limit
  const { excl_vat, incl_vat, ...rest } = limit
  return { ...rest, before_taxes: excl_vat, ...(typeof incl_vat === 'number' ? { after_taxes: incl_vat } : {}) }
}

/** (F-02) */
function lowerLimit(limit: JsonObject): object {
  const { before_taxes, after_taxes, ...rest } = limit
  return { ...rest, excl_vat: before_taxes, ...(typeof after_taxes === 'number' ? { incl_vat: after_taxes } : {}) }
}

/** Prices of 2.2.1 are always net. (F-02, F-03) */
function liftTariff(tariff: unknown): unknown {
  if (!isObject(tariff)) return tariff
  return { tax_included: 'NO', ...change(tariff, LIMITS, liftLimit) }
}

function lowerTariff(tariff: unknown): unknown {
  if (!isObject(tariff)) return tariff
  const { tax_included: _taxIncluded, preauthorize_amount: _preauthorizeAmount, ...rest } = tariff
  return change(rest, LIMITS, lowerLimit)
}

function read(module: string, value: unknown): unknown {
  if (module === 'tariffs') return liftTariff(value)
  if (!isObject(value)) return value
  const priced = change(value, PRICES[module] ?? [], liftAnyPrice)
  if (module !== 'cdrs' || !Array.isArray(priced['tariffs'])) return readSessionStatus(module, priced)
  return { ...priced, tariffs: priced['tariffs'].map(liftTariff) }
}

function write(module: string, value: unknown): unknown {
  if (module === 'tariffs') return lowerTariff(value)
  if (!isObject(value)) return value
  const priced = change(value, PRICES[module] ?? [], lowerAnyPrice)
  if (module !== 'cdrs' || !Array.isArray(priced['tariffs'])) return priced
  return { ...priced, tariffs: priced['tariffs'].map(lowerTariff) }
}

/**
 * Translates prices and tariffs. Objects that 2.2.1 cannot express (gross tariffs, new enum values) and fields
 * it does not know pass unchanged. (F-01 to F-05)
 */
export const codec: Codec = {
  version: '2.2.1',
  readBody: (module, _endpoint, value) => read(module, value),
  writeBody: (module, _endpoint, value) => write(module, value),
  readData: (module, _endpoint, value) => read(module, value),
  writeData: (module, _endpoint, value) => write(module, value),
}
