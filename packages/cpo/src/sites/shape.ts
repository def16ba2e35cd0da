/**
 * The file an operator writes his sites into: the Locations and Tariffs of OCPI without what we know ourselves (owner,
 * status, times of change), and the charger behind each connector. Stricter than the wire: a field nobody knows is a
 * typing error here, unless its name begins with `x_`.
 */
import { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { ciString, intBetween, object, oneOrMore, text } from '@plugtill/ocpi/types'
import Type, { type TProperties } from 'typebox'

const without = <P extends TProperties, K extends keyof P>(properties: P, ...names: readonly K[]): Omit<P, K> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name as never))) as Omit<P, K>

/** The charger's identity, its own number of the connector (OCPP 1.6, 3.8), and of the EVSE where it counts them (2.0.1). */
const ChargerOutlet = object({
  id: text(48),
  connector: intBetween(1, 1000),
  evse: Type.Optional(intBetween(1, 1000)),
})

const SiteConnectorShape = object({ ...without(Connector.properties, 'last_updated'), charger: ChargerOutlet })

const SiteEvseShape = object({
  ...without(Evse.properties, 'status', 'last_updated', 'connectors'),
  connectors: oneOrMore(SiteConnectorShape),
})

const SiteShape = object({
  ...without(Location.properties, 'country_code', 'party_id', 'last_updated', 'evses'),
  evses: Type.Array(SiteEvseShape),
})

const SiteTariffShape = object({
  ...without(Tariff.properties, 'country_code', 'party_id', 'last_updated'),
  partners: Type.Optional(Type.Array(ciString(6))),
})

const SellerShape = object({
  name: text(100),
  lines: Type.Optional(Type.Array(text(100))),
  taxId: Type.Optional(text(40)),
})

export const SitesShape = object({
  seller: Type.Optional(SellerShape),
  locations: Type.Array(SiteShape),
  tariffs: Type.Array(SiteTariffShape),
})

type Plain = Readonly<Record<string, unknown>>
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The part of a choice such as "a list or null" that has an inside. */
function inside(shape: Plain): Plain {
  const choices = shape['anyOf'] as readonly Plain[] | undefined
  return choices?.find((choice) => choice['properties'] !== undefined || choice['items'] !== undefined) ?? shape
}

/** Pointers of fields that the shape does not know. */
export function unknownFields(shape: object, value: unknown, path = ''): readonly { path: string; known: string[] }[] {
  const { properties, items } = inside(shape as Plain) as { readonly properties?: Plain; readonly items?: object }
  if (Array.isArray(value) && items !== undefined)
    return value.flatMap((item: unknown, index) => unknownFields(items, item, `${path}/${index}`))
  if (!isPlain(value) || properties === undefined) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = properties[name]
    if (known !== undefined) return unknownFields(known as object, inner, `${path}/${name}`)
    return name.startsWith('x_') ? [] : [{ path: `${path}/${name}`, known: Object.keys(properties) }]
  })
}

/** The shape as JSON Schema for editors: they complete its fields and values and mark what is wrong while it is typed. */
export function sitesSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Sites of a charge point operator',
    ...(forEditors(SitesShape) as Plain),
  }
}

function forEditors(shape: unknown): unknown {
  if (Array.isArray(shape)) return shape.map(forEditors)
  if (!isPlain(shape)) return shape
  const { known, rule, caseInsensitive: _, ...rest } = shape
  const plain = Object.fromEntries(
    Object.entries(rest).flatMap(([name, inner]) => (name.startsWith('~') ? [] : [[name, forEditors(inner)]])),
  )
  if (Array.isArray(known)) return { anyOf: [{ enum: known }, plain] }
  return {
    ...plain,
    ...(rule === undefined ? {} : { description: rule }),
    ...(plain['properties'] === undefined ? {} : { additionalProperties: false, patternProperties: { '^x_': {} } }),
  }
}
