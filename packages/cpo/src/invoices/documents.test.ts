import { creditCdr } from '@plugtill/ocpi/credit'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import { expect, test } from 'vitest'
import { MINUTE, sessionAt, T0 } from '../../test/session-at.ts'
import { cdrOf } from '../charging/cdr.ts'
import { cutsOf } from '../charging/cuts.ts'
import { readMeter, startMeter } from '../charging/meter.ts'
import type { ChargingSession } from '../charging/session.ts'
import type { Bill } from './bill.ts'
import { documentsOf } from './documents.ts'
import { createInvoices } from './invoices.ts'
import { invoiceAnswer } from './serve.ts'

const REFERENCE = '0b0b0b0b-0000-4000-8000-000000000001'
const ISSUER = {
  seller: { name: 'Plugtill Charging' },
  language: 'en',
  url: `https://cpo.example/invoices/${REFERENCE}`,
}

const advice = (change: Partial<FinancialAdviceConfirmation> = {}): FinancialAdviceConfirmation => ({
  id: 'fac-1',
  authorization_reference: REFERENCE,
  total_costs: { before_taxes: 8.7, taxes: [{ name: 'VAT', amount: 1.83 }] },
  currency: 'EUR',
  eft_data: ['VISA **** 1234', '<script>alert(1)</script>'],
  capture_status_code: 'SUCCESS',
  last_updated: '2030-01-15T12:00:00Z',
  ...change,
})
const total = (amount: number) => ({ before_taxes: amount, taxes: [] })

function cdr(energyWh = 20_500, more: Partial<ChargingSession> = {}): Cdr {
  const session = sessionAt('charging', more)
  const meter = readMeter(startMeter(T0, 0), { at: T0 + 60 * MINUTE, energyWh }, cutsOf(session.tariff, 'UTC'))
  return cdrOf({ ...session, meter, endedAt: meter.at })
}

const bill = (more: Partial<Bill> = {}): Bill => ({ reference: REFERENCE, cdrs: [cdr()], advices: [], ...more })
const [first] = documentsOf(bill(), ISSUER)

const corrected = (): Bill => {
  const credit = creditCdr(cdr(), { id: `${cdr().id}-C`, lastUpdated: '2030-01-16T08:00:00Z' })
  const replacement = { ...cdr(10_000), id: 'cdr-2', invoice_reference_id: `${REFERENCE}-2` }
  return bill({ cdrs: [cdr(), credit, replacement], advices: [advice()] })
}

test('the invoice shows lines, tax and total as the CDR has them, rounded once', () => {
  expect(first).toMatchObject({
    kind: 'invoice',
    number: REFERENCE,
    reference: REFERENCE,
    session: {
      energyKwh: '20.500',
      charger: 'NL*PLG*E101',
      place: ['City Garage', 'Stationsplein 1', '3511ED Utrecht NLD'],
    },
    net: 870,
    taxes: [{ name: 'VAT', percentage: 21, netMinor: 870, amountMinor: 183 }],
    total: 1053,
    lines: [
      { text: 'energy', quantity: { amount: '20.500', unit: 'kWh' }, amountMinor: 992 },
      { text: 'fixed', amountMinor: 61 },
    ],
  })
})

test('no invoice before the CDR, and none when the partner makes it', () => {
  expect(documentsOf(bill({ cdrs: [] }), ISSUER)).toEqual([])
  const theirs = cdr(20_500, { terms: { ...sessionAt('charging').terms, invoiceBy: 'PTP' } })
  expect(documentsOf(bill({ cdrs: [theirs] }), ISSUER)).toEqual([])
})

test.each<[string, readonly FinancialAdviceConfirmation[], object]>([
  ['nothing is said to be paid before an advice', [], { state: 'unconfirmed' }],
  ['the advice completes it', [advice()], { state: 'paid', captured: { amountMinor: 1053, currency: 'EUR' } }],
  [
    'a capture that fell short is shown as that',
    [advice({ capture_status_code: 'PARTIAL_SUCCESS', total_costs: total(5) })],
    { state: 'partly-paid', captured: { amountMinor: 500 } },
  ],
  [
    'a capture that failed is shown with its reason',
    [advice({ capture_status_code: 'FAILED', total_costs: total(0), capture_status_message: 'Card blocked' })],
    { state: 'failed', message: 'Card blocked' },
  ],
  [
    'of two advices the newer counts, whichever came first',
    [
      advice({ last_updated: '2030-01-15T13:00:00Z' }),
      advice({ capture_status_code: 'FAILED', total_costs: total(0) }),
    ],
    { state: 'paid', captured: { amountMinor: 1053 } },
  ],
  [
    'what a later advice lacks was paid back',
    [advice(), advice({ id: 'fac-2', total_costs: total(5), last_updated: '2030-01-16T12:00:00Z' })],
    { state: 'partly-refunded', captured: { amountMinor: 1053 }, refunded: { amountMinor: 553 } },
  ],
  [
    'all of it may be paid back',
    [advice(), advice({ id: 'fac-2', total_costs: total(0), last_updated: '2030-01-16T12:00:00Z' })],
    { state: 'refunded', refunded: { amountMinor: 1053 } },
  ],
  [
    'an advice in a currency that is not ours is shown as it came and pays nothing',
    [advice({ currency: 'ZZZ' })],
    { state: 'failed', message: 'The terminal platform tells of ZZZ 10.53.' },
  ],
])('%s', (_, advices, payment) => {
  expect(documentsOf(bill({ advices }), ISSUER).at(-1)?.payment).toMatchObject(payment)
})

test('a credit and a new CDR are documents of their own that name what they correct; payment stands on the last', () => {
  const documents = documentsOf(corrected(), ISSUER)
  expect(documents).toMatchObject([
    { kind: 'invoice', number: REFERENCE, correctedBy: `${REFERENCE}-C`, total: 1053 },
    { kind: 'credit', number: `${REFERENCE}-C`, corrects: REFERENCE, total: -1053, net: -870 },
    { kind: 'invoice', number: `${REFERENCE}-2`, corrects: REFERENCE, payment: { state: 'paid' } },
  ])
  expect(documents.slice(0, 2).map(({ payment }) => payment)).toEqual([undefined, undefined])
  const sums = documents.map(({ lines }) => lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0))
  expect(sums).toEqual(documents.map((each) => each.total))
})

test('an invoice adds up: lines to the total, and net and taxes to the total, whatever was rounded', () => {
  for (const energyWh of [1, 7, 333, 4_321, 20_504, 20_511, 77_777])
    for (const max_price of [undefined, { before_taxes: 2, after_taxes: 2.42 }]) {
      const tariff = { ...sessionAt('charging').tariff, ...(max_price === undefined ? {} : { max_price }) }
      const [document] = documentsOf(bill({ cdrs: [cdr(energyWh, { tariff })] }), ISSUER)
      const sum = (amounts: readonly { readonly amountMinor: number }[] = []) =>
        amounts.reduce((all, { amountMinor }) => all + amountMinor, 0)
      expect(sum(document?.lines), JSON.stringify(document)).toBe(document?.total)
      expect((document?.net ?? 0) + sum(document?.taxes), JSON.stringify(document)).toBe(document?.total)
    }
})

test('amounts have the decimals of their currency', () => {
  const tariff = { ...sessionAt('charging').tariff, currency: 'JPY' }
  expect(documentsOf(bill({ cdrs: [cdr(20_500, { tariff })] }), ISSUER)).toMatchObject([{ currency: 'JPY', total: 11 }])
})

test('the address without more is the document that counts, and leads to the others and to the PDF', async () => {
  const { status, body, headers } = await invoiceAnswer(documentsOf(corrected(), ISSUER))
  expect(status).toBe(200)
  expect(body).toContain(`No. ${REFERENCE}-2`)
  for (const tail of ['1', '2', '3/pdf']) expect(body).toContain(`href="${ISSUER.url}/${tail}"`)
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})

test.each([
  ['1', 'text/html; charset=utf-8', `taken back by no. ${REFERENCE}-C`],
  ['2', 'text/html; charset=utf-8', 'Credit note'],
  ['pdf', 'application/pdf', '%PDF-1.'],
  ['2/pdf', 'application/pdf', '%PDF-1.'],
])('below it %s is %s', async (tail, type, begins) => {
  const { status, body, headers } = await invoiceAnswer(documentsOf(corrected(), ISSUER), tail)
  expect([status, headers['content-type']]).toEqual([200, type])
  expect(typeof body === 'string' ? body : Buffer.from(body).toString('latin1')).toContain(begins)
})

test.each(['4', '0', 'signed', '1/signed', 'x', '1/2', 'pdf/1'])('below it nothing is at %s', async (tail) => {
  expect(await invoiceAnswer(documentsOf(corrected(), ISSUER), tail)).toMatchObject({ status: 404 })
})

test('an invoice that is not there is 404 and says when it comes', async () => {
  expect(await invoiceAnswer([])).toMatchObject({ status: 404, body: expect.stringContaining('has ended') })
})

test('nothing a partner sends becomes markup, in any language', async () => {
  for (const language of ['en', 'de', 'nl']) {
    const seller = { name: '<b>P</b>' }
    const { body } = await invoiceAnswer(documentsOf(bill({ advices: [advice()] }), { ...ISSUER, seller, language }))
    expect(body).not.toContain('<script>')
    expect(body).not.toContain('<b>P')
  }
})

test('an invoice is drawn once, however often it is opened, and anew when an advice has come', async () => {
  let advices: Bill['advices'] = []
  const invoices = createInvoices({
    seller: ISSUER.seller,
    baseUrl: 'https://cpo.example/invoices',
    billOf: async () => bill({ advices }),
  })
  const pdf = async () => (await invoices.serve(REFERENCE, { tail: 'pdf', languages: ['en'] })).body
  const [one, again] = [await pdf(), await pdf()]
  // The same bytes, not only equal ones.
  expect(again).toBe(one)
  advices = [advice()]
  expect(await pdf()).not.toEqual(one)
})
