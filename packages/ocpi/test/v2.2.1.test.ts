/** What differs between 2.2.1 and 2.3.0, rule by rule: read in the partner's spelling, sent without what it cannot know. */
import { readFileSync } from 'node:fs'
import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { CdrReceived, CdrToken } from '../src/modules/cdrs.ts'
import { Credentials } from '../src/modules/credentials.ts'
import { ConnectorPatch, Evse, EvsePatch, Location, LocationPatch } from '../src/modules/locations.ts'
import { FinancialAdviceReceived, TerminalReceived } from '../src/modules/payments.ts'
import { Session, SessionPatch } from '../src/modules/sessions.ts'
import { Tariff } from '../src/modules/tariffs.ts'
import { VersionDetails } from '../src/modules/versions.ts'
import { parseJson } from '../src/parse-json.ts'
import { codecOf } from '../src/versions/negotiate.ts'

const codec = codecOf('2.2.1')
const AT = '2030-01-01T00:00:00.000Z'

const example = (name: string, version: '2.2.1' | '2.3.0' = '2.3.0') =>
  parseJson(readFileSync(new URL(`../../../spec/${version}/examples/${name}.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >
const written = (shape: TSchema, value: object) => codec.write(shape, value).value as Record<string, unknown>
const lifted = (shape: TSchema, value: object) => {
  const read = codec.read(shape, value)
  if ('findings' in read) throw new Error(JSON.stringify(read.findings))
  return read.value as Record<string, unknown>
}

const tariff = (fields: object, components: readonly object[]): object => ({
  country_code: 'NL',
  party_id: 'CPO',
  id: 'T1',
  currency: 'EUR',
  elements: [{ price_components: components.map((one) => ({ step_size: 1, ...one })) }],
  last_updated: AT,
  ...fields,
})
const connector = (standard: string, more: object = {}) => ({
  id: standard,
  standard,
  format: 'CABLE',
  power_type: 'DC',
  max_voltage: 900,
  max_amperage: 500,
  last_updated: AT,
  ...more,
})
const evse = (...standards: readonly string[]) => ({
  uid: 'E1',
  status: 'AVAILABLE',
  connectors: standards.map((standard) => connector(standard)),
  last_updated: AT,
})

test('a price without its net part is refused in the words of 2.2.1, not in ours (F-01)', () => {
  const cdr = example('cdr_example', '2.2.1')
  expect(codec.read(CdrReceived, { ...cdr, total_cost: { incl_vat: 5 } })).toEqual({
    findings: [{ path: '/total_cost/excl_vat', value: 'nothing', rule: 'required, but missing' }],
  })
  expect(codec.read(SessionPatch, { last_updated: AT, total_cost: { excl_vat: 'four' } })).toMatchObject({
    findings: [{ path: '/total_cost/excl_vat' }],
  })
})

test('a partner of 2.2.1 that already writes the new price is understood (A-67)', () => {
  const price = { before_taxes: 4, taxes: [{ name: 'VAT', amount: 1 }] }
  expect(lifted(SessionPatch, { last_updated: AT, total_cost: price })['total_cost']).toEqual(price)
})

test('every cost of a CDR and of its tariffs is lifted and lowered (F-01, F-02, F-03)', () => {
  const old = {
    ...example('cdr_example', '2.2.1'),
    total_parking_cost: { excl_vat: 0.1, incl_vat: 0.3 },
    tariffs: [tariff({ min_price: { excl_vat: 1, incl_vat: 1.21 } }, [{ type: 'ENERGY', price: 0.25 }])],
  }
  const cdr = lifted(CdrReceived, old)
  expect(cdr['total_parking_cost']).toEqual({ before_taxes: 0.1, taxes: [{ name: 'VAT', amount: 0.2 }] })
  expect(cdr['tariffs']).toMatchObject([{ tax_included: 'NO', min_price: { before_taxes: 1, after_taxes: 1.21 } }])
  expect(codec.write(CdrReceived, cdr)).toEqual({ value: old, losses: [] })
})

test('net tariffs pass; tariffs without taxes lose their rates (F-03)', () => {
  const component = { type: 'ENERGY', price: 0.25, vat: 21 }
  expect(codec.write(Tariff, tariff({ tax_included: 'NO' }, [component]))).toEqual({
    value: tariff({}, [component]),
    losses: [],
  })
  expect(codec.write(Tariff, tariff({ tax_included: 'N/A' }, [component]))).toEqual({
    value: tariff({}, [{ type: 'ENERGY', price: 0.25 }]),
    losses: [],
  })
})

test('a gross tariff is divided by its rate; what four decimals cannot hold is noted (F-03)', () => {
  const gross = (price: number, vat: number) =>
    codec.write(Tariff, tariff({ tax_included: 'YES' }, [{ type: 'ENERGY', price, vat }]))
  expect(gross(0.605, 21)).toEqual({ value: tariff({}, [{ type: 'ENERGY', price: 0.5, vat: 21 }]), losses: [] })
  expect(gross(0.59, 19)).toEqual({
    value: tariff({}, [{ type: 'ENERGY', price: 0.4958, vat: 19 }]),
    losses: ['/elements/0/price_components/0/price: 0.59 with 19 % is 0.4958 net, rounded to four decimals'],
  })
})

test('a gross tariff without a rate is not offered; a price of nothing needs none (F-03)', () => {
  const rateless = codec.write(
    Tariff,
    tariff({ tax_included: 'YES' }, [
      { type: 'ENERGY', price: 0.6, vat: 21 },
      { type: 'TIME', price: 2 },
    ]),
  )
  expect(rateless.value).toBeUndefined()
  expect(rateless.losses).toContain(
    '/elements/0/price_components/1: a price with taxes but without vat has no net price',
  )
  expect(written(Tariff, tariff({ tax_included: 'YES' }, [{ type: 'FLAT', price: 0 }]))).toEqual(
    tariff({}, [{ type: 'FLAT', price: 0 }]),
  )
})

test('a CDR keeps its costs when one of its tariffs cannot be said (F-03, F-09)', () => {
  const cdr = lifted(CdrReceived, example('cdr_example', '2.2.1'))
  const tariffs = [tariff({ tax_included: 'YES' }, [{ type: 'TIME', price: 2 }])]
  const { value, losses } = codec.write(CdrReceived, { ...cdr, tariffs })
  expect(value).toEqual({ ...example('cdr_example', '2.2.1'), tariffs: [] })
  expect(losses.at(-1)).toBe('/tariffs/0: was left out')
})

test('no VAT stays different from 0 % (F-04, E-73)', () => {
  const components = [
    { type: 'ENERGY', price: 1 },
    { type: 'TIME', price: 1, vat: 0 },
  ]
  expect(written(Tariff, lifted(Tariff, tariff({}, components)))).toEqual(tariff({}, components))
})

test('preauthorize_amount is read when present, and sent only to who agreed on payments (F-05, E-24)', () => {
  const value = tariff({ tax_included: 'NO', preauthorize_amount: 50 }, [{ type: 'FLAT', price: 1 }])
  expect(lifted(Tariff, value)['preauthorize_amount']).toBe(50)
  expect(written(Tariff, value)).not.toHaveProperty('preauthorize_amount')
  expect(codec.write(Tariff, value, { payments: true }).value).toMatchObject({ preauthorize_amount: 50 })
})

test('an advice carries both sides of the price, also when there is no tax (F-06, E-14)', () => {
  const advice = {
    id: 'a',
    authorization_reference: 'r',
    total_costs: { before_taxes: 10, taxes: [] as object[] },
    currency: 'EUR',
    eft_data: ['line'],
    capture_status_code: 'SUCCESS',
    last_updated: AT,
  }
  expect(written(FinancialAdviceReceived, advice)['total_costs']).toEqual({ excl_vat: 10, incl_vat: 10 })
  advice.total_costs.taxes = [{ name: 'BTW', percentage: 21, amount: 2.1 }]
  expect(written(FinancialAdviceReceived, advice)['total_costs']).toEqual({ excl_vat: 10, incl_vat: 12.1 })
  const success = example('payment_financial_advice_confirmation_example_success')
  expect(written(FinancialAdviceReceived, lifted(FinancialAdviceReceived, success))).toEqual(success)
})

test('the hub is a role in 2.2.1 and a field in 2.3.0 (F-07, A-77)', () => {
  const role = (name: string, party_id: string) => ({
    role: name,
    country_code: 'NL',
    party_id,
    business_details: { name: 'X' },
  })
  const hub = { token: 't', url: 'https://hub.example/versions', roles: [role('HUB', 'HUB')] }
  expect(lifted(Credentials, hub)).toEqual({ ...hub, hub_party_id: 'NLHUB' })
  expect(written(Credentials, lifted(Credentials, hub))).toEqual(hub)
  const platform = { ...hub, hub_party_id: 'NLHUB', roles: [role('CPO', 'CPO')] }
  expect(written(Credentials, platform)).toEqual({ ...hub, roles: [role('CPO', 'CPO'), role('HUB', 'HUB')] })
})

test('unknown fields are kept when read and stripped when sent, at every depth (F-08)', () => {
  const location = {
    ...example('location_example', '2.2.1'),
    ours: 1,
    coordinates: { latitude: '1.00000', longitude: '1.00000', altitude: '3' },
  }
  expect(lifted(Location, location)).toMatchObject({ ours: 1, coordinates: { altitude: '3' } })
  const { value, losses } = codec.write(Location, location)
  expect(value).toEqual({ ...location, ours: undefined, coordinates: { latitude: '1.00000', longitude: '1.00000' } })
  expect(value).not.toHaveProperty('ours')
  expect(losses).toEqual([])
})

test('an enum value of later versions becomes OTHER where there is one, else its element goes, else the object (F-09)', () => {
  const token = { country_code: 'NL', party_id: 'CPO', uid: 'u', type: 'EMAID', contract_id: 'c' }
  expect(codec.write(CdrToken, token)).toEqual({
    value: { ...token, type: 'OTHER' },
    losses: ['/type: "EMAID" was sent as OTHER'],
  })
  const image = { url: 'https://e.example/i.png', category: 'DRONE_VIEW', type: 'png' }
  expect(written(EvsePatch, { last_updated: AT, images: [image] })['images']).toEqual([{ ...image, category: 'OTHER' }])
  expect(codec.write(EvsePatch, { last_updated: AT, capabilities: ['RESERVABLE', 'TELEPATHY'] })).toEqual({
    value: { last_updated: AT, capabilities: ['RESERVABLE'] },
    losses: ['/capabilities/1: "TELEPATHY" is not known there', '/capabilities/1: was left out'],
  })
  expect(written(LocationPatch, { last_updated: AT, parking_type: 'ON_MARS' })).toEqual({ last_updated: AT })
  expect(codec.write(Evse, evse('MCS')).value).toBeUndefined()
  expect(codec.read(EvsePatch, { last_updated: AT, capabilities: ['TELEPATHY'] })).toHaveProperty('value')
})

test('unknown modules and versions pass (F-10)', () => {
  const details = {
    version: '2.2.1',
    endpoints: [{ identifier: 'nlabc-parking', role: 'SENDER', url: 'https://e.example/p' }],
  }
  expect(codec.write(VersionDetails, details)).toEqual({ value: details, losses: [] })
})

test('what 2.3.0 added to Location, EVSE and Connector is stripped, also from a PATCH (F-11, F-12, F-13)', () => {
  const location = example('location_example_parking_garage_opening_hours')
  const added = { parking_places: [], help_phone: '+31', last_updated: AT }
  expect(written(LocationPatch, added)).toEqual({ last_updated: AT })
  expect(JSON.stringify(written(Location, { ...location, ...added }))).not.toMatch(/parking_places|help_phone/)
  expect(written(EvsePatch, { parking: [], accepted_service_providers: ['x'], last_updated: AT })).toEqual({
    last_updated: AT,
  })
  expect(written(ConnectorPatch, { capabilities: [], last_updated: AT })).toEqual({ last_updated: AT })
})

test('a connector that 2.2.1 does not know is left out of its EVSE, an EVSE with no other out of its Location (F-15)', () => {
  const { value, losses } = codec.write(Location, {
    ...example('location_example', '2.2.1'),
    evses: [evse('MCS', 'IEC_62196_T2_COMBO'), { ...evse('SAE_J3400'), uid: 'E2' }],
  })
  expect(value).toMatchObject({ evses: [{ uid: 'E1', connectors: [{ id: 'IEC_62196_T2_COMBO' }] }] })
  expect((value as { evses: object[] }).evses).toHaveLength(1)
  expect(losses).toContain('/evses/0/connectors/0: was left out')
  expect(losses).toContain('/evses/1: was left out')
})

test('later parking restrictions are dropped (F-16)', () => {
  expect(written(EvsePatch, { last_updated: AT, parking_restrictions: ['TAXIS', 'EV_ONLY'] })).toEqual({
    last_updated: AT,
    parking_restrictions: ['EV_ONLY'],
  })
})

test('long addresses and signed data are sent whole (F-21, F-22)', () => {
  expect(written(LocationPatch, { last_updated: AT, address: 'a'.repeat(255) })['address']).toHaveLength(255)
})

test('a Terminal is the same in both versions', () => {
  const terminal = example('payment_terminal_example_assigned_locations_assigned_evses')
  expect(codec.shapeOf(TerminalReceived)).toBe(TerminalReceived)
  expect(codec.write(TerminalReceived, terminal)).toEqual({ value: terminal, losses: [] })
})

test('a Session without a cost has none in either version (C-507)', () => {
  const session = example('session_example_1_simple_start', '2.2.1')
  const { total_cost: _cost, ...rest } = session
  expect(lifted(Session, rest)).toEqual(rest)
})
