import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandResponse } from './modules/commands.ts'
import { Connector, Evse } from './modules/locations.ts'
import { RegularHours } from './modules/locations-parts.ts'
import { FinancialAdviceReceived, Terminal } from './modules/payments.ts'
import { Tariff } from './modules/tariffs.ts'
import { explain, findingsOf, validatorOf } from './validate.ts'

const LAST_UPDATED = '2030-01-01T00:00:00Z'
const connector = {
  id: '1',
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  power_type: 'AC_3_PHASE',
  max_voltage: 230,
  max_amperage: 32,
  last_updated: LAST_UPDATED,
}
const evse = { uid: 'e1', status: 'AVAILABLE', connectors: [connector], last_updated: LAST_UPDATED }
const rules = (shape: Parameters<typeof validatorOf>[0], value: unknown) =>
  validatorOf(shape)
    .findings(value)
    .map(({ path, rule }) => `${path} ${rule}`)

test('a valid object has no findings, unknown fields included', () => {
  expect(validatorOf(Evse).findings({ ...evse, brand_new: { a: 1 } })).toEqual([])
  expect(validatorOf(Evse).check({ ...evse, brand_new: { a: 1 } })).toBe(true)
})

test('a shape is compiled once', () => {
  expect(validatorOf(Evse)).toBe(validatorOf(Evse))
})

test('a finding says where, what and which rule', () => {
  const value = { ...evse, uid: 'x'.repeat(41), connectors: [{ ...connector, power_type: 'DCC' }] }

  expect(validatorOf(Evse).findings(value)).toEqual([
    { path: '/uid', value: `"${'x'.repeat(41)}"`, rule: 'at most 36 characters, has 41' },
    {
      path: '/connectors/0/power_type',
      value: '"DCC"',
      rule: 'one of AC_1_PHASE, AC_2_PHASE, AC_2_PHASE_SPLIT, AC_3_PHASE, DC',
    },
  ])
})

test('each rule has its words', () => {
  expect(rules(Connector, { ...connector, id: undefined })).toEqual(['/id required, but missing'])
  expect(rules(Connector, { ...connector, id: null })).toEqual(['/id text, not null'])
  expect(rules(Connector, { ...connector, max_voltage: 230.5 })).toEqual(['/max_voltage a whole number, not a number'])
  expect(rules(Connector, { ...connector, max_voltage: '230' })).toEqual(['/max_voltage a whole number, not text'])
  expect(rules(Connector, { ...connector, standard: '' })).toEqual(['/standard text, not empty'])
  expect(rules(Connector, { ...connector, last_updated: 'now' })).toEqual([
    '/last_updated a UTC time like 2030-01-31T12:00:00Z',
  ])
  expect(rules(Connector, { ...connector, tariff_ids: ['a\nb'] })).toEqual([
    '/tariff_ids/0 printable text without line breaks or tabs',
  ])
  expect(rules(Evse, { ...evse, connectors: [] })).toEqual(['/connectors at least 1 in the list, has 0'])
  expect(rules(Evse, { ...evse, connectors: {} })).toEqual(['/connectors a list, not an object'])
  expect(rules(Evse, [])).toEqual([' an object, not a list'])
  expect(rules(RegularHours, { weekday: 8, period_begin: '24:00', period_end: '12:00' })).toEqual([
    '/weekday from 1 to 7',
    '/period_begin a time of day HH:MM',
  ])
})

test('a rule about the whole object is told after its parts are right', () => {
  const advice = {
    id: 'a',
    authorization_reference: 'r',
    total_costs: { before_taxes: 1 },
    currency: 'EUR',
    capture_status_code: 'SUCCESS',
    last_updated: LAST_UPDATED,
  }
  expect(rules(FinancialAdviceReceived, advice)).toEqual([
    ' eft_data with at least one line unless capture_status_code is FAILED',
  ])
  expect(rules(FinancialAdviceReceived, { ...advice, capture_status_code: 'FAILED' })).toEqual([])
  expect(rules(FinancialAdviceReceived, { ...advice, id: 1 })).toEqual(['/id text, not a whole number'])
})

test('there are never more than 20 findings, and values are shortened', () => {
  const value = { ...evse, connectors: Array.from({ length: 500 }, () => ({ id: 'y'.repeat(9_000) })) }
  const findings = validatorOf(Evse).findings(value)

  expect(findings).toHaveLength(20)
  expect(findings.every((finding) => finding.value.length <= 80)).toBe(true)
})

test('findings read as one line', () => {
  expect(explain(validatorOf(CommandResponse).findings({ result: 'YES' }))).toBe(
    '/result: one of NOT_SUPPORTED, REJECTED, ACCEPTED, UNKNOWN_SESSION (got "YES"); /timeout: required, but missing (got nothing)',
  )
})

test('a value is invalid exactly when something is found', () => {
  const json = fc.jsonValue({ maxDepth: 2 })
  const like = (base: object) =>
    fc.record(
      Object.fromEntries(
        Object.entries(base).map(([name, value]) => [
          name,
          fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, json),
        ]),
      ),
      { requiredKeys: [] },
    )
  const tariff = {
    country_code: 'NL',
    party_id: 'ABC',
    id: 't',
    currency: 'EUR',
    tax_included: 'NO',
    min_price: { before_taxes: 1 },
    elements: [{ price_components: [{ type: 'ENERGY', price: 0.25, step_size: 1 }] }],
    last_updated: LAST_UPDATED,
  }
  const terminal = {
    terminal_id: 't',
    location_ids: ['l'],
    coordinates: { latitude: '51.04759', longitude: '3.72994' },
    last_updated: LAST_UPDATED,
  }
  for (const [shape, base] of [
    [Evse, evse],
    [Tariff, tariff],
    [Terminal, terminal],
    [Connector, connector],
  ] as const) {
    fc.assert(
      fc.property(fc.oneof(like(base), json), (value) => {
        // The compiled check and the walk that explains it are two readings of one shape: they have to agree.
        expect(findingsOf(shape, value).length === 0).toBe(validatorOf(shape).check(value))
      }),
      { numRuns: 100 },
    )
  }
})
