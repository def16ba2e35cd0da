import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { plugtill as command } from './plugtill.ts'

const folder = mkdtempSync(join(tmpdir(), 'plugtill-lint-'))
const examples = (version: string) => fileURLToPath(new URL(`../../../spec/${version}/examples/`, import.meta.url))
const example = (name: string, version = '2.3.0') => join(examples(version), `${name}.json`)

function file(name: string, value: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

const plugtill = (...args: readonly string[]) => command(args)

interface Document {
  readonly files: readonly { readonly kind: string | null; readonly version: string | null }[]
  readonly findings: readonly { readonly id: string; readonly path: string; readonly severity: string }[]
}

async function lint(...argv: readonly string[]): Promise<Document & { readonly status: number }> {
  const { status, out } = await plugtill('lint', ...argv, '--at', '2026-03-02T12:00:00Z', '--json')
  expect(out).toHaveLength(1)
  return { status, ...(JSON.parse(out[0]!) as Document) }
}

const good = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 't',
  currency: 'EUR',
  type: 'AD_HOC_PAYMENT',
  preauthorize_amount: 50,
  tax_included: 'NO',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.5, vat: 21, step_size: 1 }] }],
  last_updated: '2026-01-01T00:00:00Z',
}

test.each([
  ['tariff_8_simple_025kwh', '2.3.0', 'Tariff', '2.3.0'],
  ['tariff_8_simple_025kwh', '2.2.1', 'Tariff', '2.2.1'],
  ['tariff_12_025kwh_min_price', '2.2.1', 'Tariff', '2.2.1'],
  ['cdr_example', '2.3.0', 'CDR', '2.3.0'],
  ['cdr_example', '2.2.1', 'CDR', '2.2.1'],
  ['session_example_1_simple_start', '2.3.0', 'Session', '2.3.0'],
  ['session_example_1_simple_start', '2.2.1', 'Session', '2.2.1'],
  ['location_example', '2.2.1', 'Location', '2.2.1 and 2.3.0'],
  ['location_put_example_add_evse', '2.3.0', 'EVSE', '2.3.0'],
  ['location_patch_example_tariff', '2.3.0', 'part of a Connector', '2.2.1 and 2.3.0'],
  ['payment_terminal_create', '2.3.0', 'Terminal', '2.2.1 and 2.3.0'],
  ['payment_financial_advice_confirmation_create', '2.3.0', 'FinancialAdviceConfirmation', '2.2.1'],
  ['credentials_example', '2.3.0', 'Credentials', '2.2.1 and 2.3.0'],
  ['token_example_2_full_rfid', '2.3.0', 'Token', '2.2.1 and 2.3.0'],
  ['transport_and_format_get_token_list_example', '2.3.0', 'Token', '2.2.1 and 2.3.0'],
  ['version_details_example', '2.3.0', 'VersionDetails', '2.2.1 and 2.3.0'],
  ['versions_info_example', '2.3.0', 'Versions', '2.2.1 and 2.3.0'],
])('%s of %s is a %s', async (name, from, kind, version) => {
  const { files } = await lint(example(name, from))
  expect(files[0]).toMatchObject({ kind, version })
})

test('a good tariff is status 0 and has nothing to mend', async () => {
  expect(await lint(file('good.json', good))).toMatchObject({ status: 0, findings: [] })
  const { out } = await plugtill('lint', file('good.json', good))
  expect(out).toEqual([`${join(folder, 'good.json')}: Tariff, OCPI 2.3.0, nothing to say`, '', 'Nothing to mend.'])
})

test('a finding has file, kind, version, id, severity, path, reason and fix, and an error is status 1', async () => {
  const path = file('held.json', { ...good, preauthorize_amount: 1, min_price: { before_taxes: 2, after_taxes: 2.42 } })
  const { status, findings } = await lint(path)
  expect(status).toBe(1)
  expect(findings).toEqual([
    {
      file: path,
      kind: 'Tariff',
      version: '2.3.0',
      id: 'hold-below-least-price',
      severity: 'error',
      path: '/preauthorize_amount',
      reason: '1 is held, but every session costs at least 2.42 with tax.',
      fix: 'Hold at least 2.42, in practice the cost of a usual session.',
    },
  ])
})

test('warnings alone are status 0, with --strict status 1', async () => {
  const ended = file('ended.json', { ...good, end_date_time: '2020-01-01T00:00:00Z' })
  expect(await lint(ended)).toMatchObject({ status: 0, findings: [{ id: 'ended-tariff', severity: 'warning' }] })
  expect((await lint(ended, '--strict')).status).toBe(1)
})

test('a wrong shape, an unknown field and what the rest says come together', async () => {
  const { last_updated: _absent, ...rest } = good
  const { findings } = await lint(file('odd.json', { ...rest, preauthorise_amount: 50, preauthorize_amount: 0 }))
  expect(findings.map((one) => `${one.id} ${one.path}`)).toEqual([
    'shape /last_updated',
    'hold-of-zero /preauthorize_amount',
    'unknown-field /preauthorise_amount',
  ])
})

test('the answer of an endpoint is looked at item by item', async () => {
  const answer = { status_code: 1000, timestamp: '2026-01-01T00:00:00Z', data: [good, { ...good, currency: 'eur' }] }
  const { files, findings } = await lint(file('answer.json', answer))
  expect(files.map((one) => one.kind)).toEqual(['Tariff', 'Tariff'])
  expect(findings[0]).toMatchObject({ id: 'unknown-currency', path: '/data/1/currency' })
})

test('Wh in a Session are found (E-65, G-64)', async () => {
  const { status, findings } = await lint(example('session_example_2_short_finished'))
  expect([status, findings[0]?.id]).toEqual([1, 'wh-for-kwh'])
})

test('a CDR is held against its own tariff, also when that is in the words of the other version (E-66)', async () => {
  const { findings } = await lint(example('cdr_example'))
  expect(findings.map((one) => `${one.id} ${one.path}`)).toEqual(['shape /tariffs/0/tax_included'])
})

test.each([
  ['no JSON', '{"a":', 'not-json'],
  ['a name twice', '{"id":"a","id":"b"}', 'not-json'],
  ['a number too large', '{"kwh":1e400}', 'not-json'],
  ['something else', '{"hello":"world"}', 'not-ocpi'],
  ['a number', '17', 'not-ocpi'],
])('%s is a finding and status 1', async (_what, text, id) => {
  expect(await lint(file('strange.json', text))).toMatchObject({ status: 1, findings: [{ id }] })
})

test('several files are looked at in one run; one that is not there is status 3', async () => {
  expect((await lint(file('good.json', good), example('tariff_5_free_of_charge'))).files).toHaveLength(2)
  expect((await plugtill('lint', join(folder, 'none.json'))).status).toBe(3)
  expect((await plugtill('lint')).status).toBe(2)
  expect((await plugtill('lint', file('good.json', good), '--at', 'soon')).status).toBe(2)
})

test('every official example is recognised, whole or in part', async () => {
  const fragments = /energymix|hours|regularhours|displaytext|patch|activate/
  for (const version of ['2.2.1', '2.3.0']) {
    for (const name of readdirSync(examples(version)).filter((one) => one.endsWith('.json') && !fragments.test(one))) {
      const { files } = await lint(join(examples(version), name))
      expect([name, files[0]?.kind]).toEqual([name, expect.any(String)])
    }
  }
})

test('the costs of a CDR from a country of unknown zone are not checked when they depend on the local time', async () => {
  const cdr = JSON.parse(readFileSync(example('cdr_example'), 'utf8'))
  cdr.tariffs[0].tax_included = 'NO'
  cdr.tariffs[0].elements[0].restrictions = { start_time: '18:00' }
  cdr.cdr_location.country = 'USA'
  const path = file('abroad.json', cdr)
  const unknown = await lint(path)
  expect(unknown.findings.map(({ id, path, severity }) => [severity, id, path])).toContainEqual([
    'warning',
    'zone-unknown',
    '/cdr_location/country',
  ])
  const known = await lint(path, '--time-zone', 'America/Chicago')
  expect(known.findings.map(({ id }) => id)).toContain('total-cost')
})
