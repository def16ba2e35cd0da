/**
 * What 2.2.1 spells differently; the only file that knows the old words. Everything else is the same in both
 * versions: transport, status codes, paging and 77 of the 88 types. (F-01 to F-20)
 */
import Type, { type Static, type TSchema } from 'typebox'
import { CdrDimensionType } from '../modules/cdrs.ts'
import { Credentials } from '../modules/credentials.ts'
import { Connector, ConnectorPatch, Evse, EvsePatch, Location, LocationPatch } from '../modules/locations.ts'
import {
  Capability,
  ConnectorType,
  EnvironmentalImpact,
  Facility,
  ImageCategory,
  ParkingRestriction,
  ParkingType,
} from '../modules/locations-parts.ts'
import { Tariff, TariffRestrictions } from '../modules/tariffs.ts'
import { TokenType } from '../modules/tokens-parts.ts'
import { closedEnum, num, object, optional, Price, PriceLimit } from '../types.ts'
import { validatorOf } from '../validate.ts'
import type { Agreed, Codec, JsonObject } from './codec.ts'
import { fit, type Losses, UNFIT } from './fit.ts'
import { type Differences, reshape, type Shape } from './reshape.ts'
import { type Turn, turnerOf } from './turn.ts'
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

/** Decimals as whole numbers of 10^-10. Beyond this size toFixed writes exponents; no price gets there. */
const TOO_LARGE = 1e15
const scaled = (value: number): bigint => BigInt(value.toFixed(10).replace('.', ''))

function unscaled(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString().padStart(11, '0')
  return Number(`${value < 0n ? '-' : ''}${digits.slice(0, -10)}.${digits.slice(-10)}`)
}

/** Sum of decimals without binary rounding: 0.1 + 0.2 is 0.3. */
function addExactly(...terms: readonly number[]): number {
  if (terms.some((term) => Math.abs(term) >= TOO_LARGE)) return terms.reduce((total, term) => total + term, 0)
  return unscaled(terms.reduce((total, term) => total + scaled(term), 0n))
}

/** The four decimals that OCPI gives a number, half up, and whether that was the whole of it. */
function netOf(gross: number, vat: number): { readonly net: number; readonly exact: boolean } {
  const [over, under] = [scaled(gross) * 100n, 100n * 10n ** 10n + scaled(vat)]
  const sign = over < 0n ? -1n : 1n
  const quarter = 10n ** 6n
  const parts = (over * sign * 10n ** 10n) / under
  const rounded = ((parts + quarter / 2n) / quarter) * quarter * sign
  return { net: unscaled(rounded), exact: rounded * under === over * 10n ** 10n }
}

/** The advice says what was captured, so its gross amount is known even without taxes. (E-14) */
function lowerCaptured(price: JsonObject): object {
  const { before_taxes: net } = price
  if (typeof net !== 'number') return price
  return { incl_vat: net, ...lowerPrice(price as Price) }
}

const liftAnyPrice: Turn = (price) =>
  typeof price['before_taxes'] === 'number' ? price : liftPrice(price as LegacyPrice)

/** (F-02) */
const liftLimit: Turn = (limit) => {
  if (typeof limit['before_taxes'] === 'number') return limit
  const { excl_vat, incl_vat, ...rest } = limit
  return { ...rest, before_taxes: excl_vat, ...(typeof incl_vat === 'number' ? { after_taxes: incl_vat } : {}) }
}

/** (F-02) */
const lowerLimit: Turn = (limit) => {
  const { before_taxes, after_taxes, ...rest } = limit
  return { ...rest, excl_vat: before_taxes, ...(typeof after_taxes === 'number' ? { incl_vat: after_taxes } : {}) }
}

/** Prices of 2.2.1 are always net. (F-03) */
const liftTariff: Turn = (tariff) => ({ tax_included: 'NO', ...tariff })

/** An element under a condition that 2.2.1 does not know must not become one without it. (F-08, C.11) */
function knownElements({ elements }: Tariff, { lines }: Losses, path: string): Tariff['elements'] {
  return elements.filter(({ restrictions }, index) => {
    const unknown = Object.keys(restrictions ?? {}).find((name) => !Object.hasOwn(TariffRestrictions.properties, name))
    if (unknown !== undefined)
      lines.push(`${path}/elements/${index}: was left out, its condition "${unknown}" is unknown`)
    return unknown === undefined
  })
}

/** Net prices pass; without taxes there is no rate; gross prices are divided, or the tariff is not said at all. (F-03) */
const lowerTariff: Turn = (value, losses, path) => {
  const given = value as unknown as Tariff
  const tariff = { ...given, elements: knownElements(given, losses, path) }
  if (tariff.elements.length === 0) return UNFIT
  if (tariff.tax_included === 'NO') return tariff
  const component =
    tariff.tax_included === 'YES'
      ? (one: Component, at: string) => netComponent(one, losses, `${path}${at}`)
      : ({ vat: _vat, ...one }: Component) => one
  const elements = tariff.elements.map((element, index) => ({
    ...element,
    price_components: element.price_components.map((one, place) =>
      component(one, `/elements/${index}/price_components/${place}`),
    ),
  }))
  return elements.some(({ price_components: all }) => all.includes(UNFIT as never)) ? UNFIT : { ...tariff, elements }
}

type Component = Tariff['elements'][number]['price_components'][number]

function netComponent(component: Component, { lines }: Losses, path: string): Component | typeof UNFIT {
  const { price, vat } = component
  if (price === 0) return component
  if (typeof vat !== 'number' || vat <= -100 || Math.abs(price) >= TOO_LARGE) {
    lines.push(`${path}: a price with taxes but without vat has no net price`)
    return UNFIT
  }
  const { net, exact } = netOf(price, vat)
  if (!exact) lines.push(`${path}/price: ${price} with ${vat} % is ${net} net, rounded to four decimals`)
  return { ...component, price: net }
}

/** The hub is a field, in 2.2.1 a role; the role stays, so that nothing is lost on the way back. (F-07, A-77) */
const liftCredentials: Turn = (credentials) => {
  const { hub_party_id, roles } = credentials as unknown as Credentials
  const hub = roles.find(({ role }) => role === 'HUB')
  return hub === undefined || hub_party_id
    ? credentials
    : { ...credentials, hub_party_id: hub.country_code + hub.party_id }
}

/** (F-07) */
const lowerCredentials: Turn = (credentials) => {
  const { hub_party_id: hub, ...rest } = credentials as unknown as Credentials
  if (!hub || rest.roles.some(({ role }) => role === 'HUB')) return credentials
  const business_details = rest.roles[0]?.business_details
  return {
    ...rest,
    roles: [...rest.roles, { role: 'HUB', country_code: hub.slice(0, 2), party_id: hub.slice(2), business_details }],
  }
}

const lift = turnerOf(
  new Map<unknown, Turn>([
    [Price, liftAnyPrice],
    [AnyPrice, liftAnyPrice],
    [PriceLimit, liftLimit],
    [Tariff, liftTariff],
    [Credentials, liftCredentials],
  ]),
)

const lower = turnerOf(
  new Map<unknown, Turn>([
    [Price, (price) => lowerPrice(price as Price)],
    [AnyPrice, lowerCaptured],
    [PriceLimit, lowerLimit],
    [Tariff, lowerTariff],
    [Credentials, lowerCredentials],
  ]),
)

/** What partners send: their own words, and where it is clear also ours. All values of an enum are read. */
const READ: Differences = {
  replaced: new Map<unknown, TSchema>([
    [Price, Type.Union([LegacyPrice, Price])],
    [AnyPrice, Type.Union([LegacyPrice, Price])],
    [PriceLimit, Type.Union([LegacyPrice, PriceLimit])],
  ]),
  removed: new Map([[Tariff, ['tax_included']]]),
}

/** The values of an OpenEnum, closed and without those 2.2.1 does not have. Role stays open: it is a setting. (F-09, E-02) */
function closed(open: TSchema, later: readonly string[] = []): [unknown, TSchema] {
  const values = (open as Shape).known ?? []
  return [values, closedEnum(values.filter((value) => !later.includes(value)))]
}

const CDR_DIMENSIONS = ((CdrDimensionType as Shape).enum ?? []).filter(
  (one) => !/^RESERVATION_(EXPIRES|OVERTIME)$/.test(one),
)

/** What 2.2.1 has: no later field, no later value. */
const WRITTEN: Differences = {
  replaced: new Map<unknown, TSchema>([
    [Price, LegacyPrice],
    [AnyPrice, LegacyPrice],
    [PriceLimit, LegacyPrice],
    closed(ConnectorType, ['MCS', 'SAE_J3400']), // F-15
    closed(ParkingRestriction, ['EMPLOYEES', 'TAXIS', 'TENANTS']), // F-16
    closed(TokenType, ['EMAID']), // F-17
    [CdrDimensionType, closedEnum(CDR_DIMENSIONS)], // C.11
    closed(Capability),
    closed(Facility),
    closed(ImageCategory),
    closed(ParkingType),
    closed(EnvironmentalImpact.properties.category),
  ]),
  removed: new Map<unknown, readonly string[]>([
    ...[Location, LocationPatch].map((shape) => [shape, ['parking_places', 'help_phone']] as const), // F-11
    ...[Evse, EvsePatch].map((shape) => [shape, ['parking', 'accepted_service_providers']] as const), // F-12
    ...[Connector, ConnectorPatch].map((shape) => [shape, ['capabilities']] as const), // F-13
    [Tariff, ['tax_included']], // F-03
    [Credentials, ['hub_party_id']], // F-07
  ]),
}

/** Without the agreed module its field of a Tariff is unknown too. (F-05) */
const WITHOUT_PAYMENTS: Differences = {
  ...WRITTEN,
  removed: new Map([...WRITTEN.removed, [Tariff, ['tax_included', 'preauthorize_amount']]]),
}

const shapes = new Map([READ, WRITTEN, WITHOUT_PAYMENTS].map((one) => [one, new WeakMap<TSchema, TSchema>()]))

/** Made once for each shape. */
function remade(shape: TSchema, differences: Differences): TSchema {
  const known = shapes.get(differences)
  const found = known?.get(shape)
  if (found !== undefined) return found
  const made = reshape(shape, differences)
  known?.set(shape, made)
  return made
}

const shapeOf = (shape: TSchema, { payments = false }: Agreed = {}): TSchema =>
  remade(shape, payments ? WRITTEN : WITHOUT_PAYMENTS)

/** Says 2.2.1 to the partner and 2.3.0 to everyone inside. (F-01 to F-20) */
export const codec: Codec = {
  version: '2.2.1',
  shapeOf,
  read: (shape, given, printable = false) => {
    const said = readSessionStatus(shape, given)
    const check = printable ? 'checkPrintable' : 'check'
    const theirs = validatorOf(remade(shape, READ))
    if (!theirs[check](said)) return { findings: theirs.findings(said) }
    const value = lift(shape)(said, { lines: [] }, '')
    const ours = validatorOf(shape)
    return ours[check](value) ? { value } : { findings: ours.findings(value) }
  },
  write: (shape, value, agreed) => {
    const losses: Losses = { lines: [] }
    const fitted = fit(shapeOf(shape, agreed), lower(shape)(value, losses, ''), losses)
    return { losses: losses.lines, ...(fitted === UNFIT ? {} : { value: fitted }) }
  },
}
