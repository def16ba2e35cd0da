import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { plugtill as command } from './plugtill.ts'

const folder = mkdtempSync(join(tmpdir(), 'plugtill-price-'))
const example = (name: string) => fileURLToPath(new URL(`../../../spec/2.3.0/examples/${name}.json`, import.meta.url))

function file(name: string, value: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

const plugtill = (...args: readonly string[]) => command(args)

const tariff = file('tariff.json', {
  country_code: 'NL',
  party_id: 'ABC',
  id: 't',
  currency: 'EUR',
  type: 'AD_HOC_PAYMENT',
  preauthorize_amount: 50,
  tax_included: 'YES',
  elements: [
    { price_components: [{ type: 'ENERGY', price: 0.5, vat: 21, step_size: 1 }], restrictions: { end_time: '12:00' } },
    { price_components: [{ type: 'ENERGY', price: 0.6, vat: 21, step_size: 1 }] },
  ],
  last_updated: '2026-01-01T00:00:00Z',
})

const session = file('session.json', {
  country_code: 'NL',
  party_id: 'ABC',
  id: 's1',
  start_date_time: '2026-03-02T09:30:00Z',
  kwh: 10,
  cdr_token: { country_code: 'NL', party_id: 'ABC', uid: 'u', type: 'AD_HOC_USER', contract_id: 'c' },
  auth_method: 'COMMAND',
  location_id: 'l',
  evse_uid: 'e',
  connector_id: '1',
  currency: 'EUR',
  status: 'ACTIVE',
  last_updated: '2026-03-02T10:00:00Z',
})

test('a CDR that agrees is status 0, its receipt has every line with its reasons', async () => {
  const { status, out, err } = await plugtill('price', '--cdr', example('cdr_example'))
  expect([status, err]).toEqual([0, ''])
  expect(out.slice(0, 8)).toEqual([
    'CDR 12345, times in Europe/Brussels (of BEL)',
    '',
    '€4.40  Charging time: 2 h × €2.00 per hour',
    '         1 h 58 min 23 s used, billed in steps of 5 min: 1 min 37 s added',
    '         plus 10% tax (€0.40)',
    '         Dec 5, 2024 18:39:09 to 20:37:32',
    '─────',
    '€4.40  Total',
  ])
  expect(out.join('\n')).toContain('The CDR agrees with its tariff.')
})

test('a CDR that does not agree is status 1 and says how far off it is', async () => {
  const { status, out } = await plugtill(
    'price',
    '--tariff',
    example('tariff_1_simple_2hour'),
    '--cdr',
    example('cdr_example'),
  )
  expect(status).toBe(1)
  expect(out.join('\n')).toContain('0.0367 EUR too much')
})

test('--json is one document in snake_case, with the audit of the CDR', async () => {
  const { status, out } = await plugtill('price', '--cdr', example('cdr_example'), '--json')
  expect([status, out.length]).toEqual([0, 1])
  expect(JSON.parse(out[0]!)).toMatchObject({
    kind: 'CDR',
    id: '12345',
    currency: 'EUR',
    time_zone: 'Europe/Brussels',
    total: { amount_minor: 440, currency: 'EUR' },
    net: 4,
    gross: 4.4,
    lines: [
      {
        dimension: 'TIME',
        element: 0,
        quantity: 1.973,
        billed_quantity: 2,
        rounding: { added: 0.027, step_size: 300 },
      },
    ],
    audit: { ok: true, reading: 'both', findings: [] },
  })
})

test('a session is priced in the language asked for, with the reason for each price', async () => {
  const { status, out } = await plugtill('price', '--tariff', tariff, '--session', session, '--language', 'de')
  expect(status).toBe(0)
  expect(out.map((line) => line.replaceAll('\u00a0', ' '))).toEqual([
    'Session s1, Zeiten in Europe/Amsterdam (von NL)',
    '',
    '5,00 €  Energie: 10 kWh × 0,50 € pro kWh',
    '          darin 21 % Steuer (0,8678 €)',
    '          02.03.2026 10:30 bis 11:00',
    '          Preisregel 1; nicht Regel 2: Regel 1 steht davor',
    '──────',
    '5,00 €  Gesamt',
    '          davon 21 % Steuer auf 4,1322 €: 0,8678 €',
    '',
    '        Ladezeit: 30 min kosten nichts',
    '          02.03.2026 10:30 bis 11:00',
    '          der Tarif hat keinen Preis dafür',
  ])
})

test('a price that depends on the local time is not computed for a country whose zone is not known', async () => {
  const abroad = { ...JSON.parse(readFileSync(session, 'utf8')), country_code: 'US' }
  const line = ['price', '--tariff', tariff, '--session', file('abroad.json', abroad)]
  const { status, out, err } = await plugtill(...line)
  expect([status, out]).toEqual([3, []])
  expect(err).toContain('the zone of US is not known: name it, as in --time-zone Europe/Amsterdam')
  expect((await plugtill(...line, '--time-zone', 'America/Chicago')).out[2]).toContain('€5.00  Energy: 10 kWh')
})

test('with a hold the latest safe stop is forecast', async () => {
  const line = ['price', '--tariff', tariff, '--session', session, '--hold', '50', '--max-power', '20', '--json']
  const { out } = await plugtill(...line)
  // 20 kWh until noon at 0.50, then 58 kWh at 0.60.
  expect(JSON.parse(out[0]!).forecast).toMatchObject({
    cost_minor: 500,
    stop: 'by',
    stop_at: expect.stringContaining('2026-03-02T13:5'),
  })
})

test.each([
  ['en', ['Forecast', /^ {2}so far €5\.00; from now €10\.00 per hour/, /^ {2}Stop at Mar 2, 2026, .* at the latest/]],
  [
    'de',
    ['Vorschau', /^ {2}bisher 5,00 €; von jetzt an 10,00 € je Stunde/, /^ {2}Spätestens 02\.03\.2026, .* anhalten/],
  ],
  ['nl', ['Vooruitblik', /^ {2}tot nu toe € 5,00; vanaf nu € 10,00 per uur/, /^ {2}Uiterlijk 2 mrt 2026.* stoppen/]],
] as const)('the forecast is said in the language asked for: %s', async (language, [title, rates, stop]) => {
  const line = ['price', '--tariff', tariff, '--session', session, '--hold', '50', '--max-power', '20']
  const { out } = await plugtill(...line, '--language', language)
  const said = out.map((one) => one.replace(/[\u00a0\u202f]/g, ' '))
  const at = said.indexOf(title)
  expect(said.slice(at)).toEqual([title, expect.stringMatching(rates), expect.stringMatching(stop), expect.any(String)])
})

test('what the audit says of a CDR is said in the language asked for, except what lint finds', async () => {
  const { out } = await plugtill('price', '--cdr', example('cdr_example'), '--language', 'nl')
  expect(out[0]).toBe('CDR 12345, tijden in Europe/Brussels (van BEL)')
  expect(out).toContain('De CDR klopt met zijn tarief.')
})

test.each([
  [['price', '--tariff', tariff]],
  [['price', '--tariff', tariff, '--cdr', 'a', '--session', 'b']],
  [['price', '--session', session]],
  [['price', '--tariff', tariff, '--session', session, '--language', 'fr']],
  [['price', '--tariff', tariff, '--session', session, '--hold', '50']],
  [['price', '--tariff', tariff, '--session', session, '--hold', 'much', '--max-power', '11']],
  [['price', '--tariff', session, '--session', session]],
  [['price', '--tariff', tariff, '--cdr', session]],
])('wrong usage is status 2: %j', async (argv) => {
  const { status, out, err } = await plugtill(...argv)
  expect([status, out]).toEqual([2, []])
  expect(err).toMatch(/^plugtill: /)
})

test.each([
  ['a file that is not there', join(folder, 'none.json'), 'is not there'],
  ['a folder', folder, 'is a folder'],
  ['what is no JSON', file('broken.json', '{'), 'not JSON'],
  [
    'a tariff in no currency',
    file('xxx.json', {
      country_code: 'NL',
      party_id: 'ABC',
      id: 't',
      currency: 'XXX',
      tax_included: 'N/A',
      elements: [{ price_components: [{ type: 'ENERGY', price: 1, step_size: 1 }] }],
      last_updated: '2026-01-01T00:00:00Z',
    }),
    'currency is "XXX"',
  ],
  [
    'a tariff without its elements',
    file('half.json', {
      country_code: 'NL',
      party_id: 'ABC',
      id: 't',
      currency: 'EUR',
      tax_included: 'N/A',
      preauthorize_amount: 5,
      last_updated: '2026-01-01T00:00:00Z',
    }),
    '/elements: required',
  ],
])('%s is status 3 with what happened', async (_what, path, words) => {
  const { status, out, err } = await plugtill('price', '--tariff', path, '--session', session)
  expect([status, out]).toEqual([3, []])
  expect(err).toContain(words)
})
