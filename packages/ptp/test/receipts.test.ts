import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { carriesCardNumber } from '@plugtill/psp/card-number'
import { type Psp, PspError } from '@plugtill/psp/psp'
import type { SlipLine } from '@plugtill/receipt/slip'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { receiptOf } from '../src/payment/receipt.ts'
import { slipLines, slipTaxes } from '../src/receipts/costs.ts'
import { serveReceipt, siteOf } from '../src/receipts/receipts.ts'
import { slipOf } from '../src/receipts/slip-of.ts'
import { receiptToken, referenceOf } from '../src/receipts/token.ts'
import { page, partsOf, token } from './receipt-page.ts'
import { charged, rig } from './rig.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { cdrFor, creditFor, REFERENCE } from './scripted-cpo.ts'

const around = {
  issuer: 'Plugtill Pay',
  seller: { name: 'Laadpaal' },
  place: ['Street 1', 'Town'],
  charger: 'E1',
  language: 'en',
}
const sum = (lines: readonly SlipLine[]) => lines.reduce((all, { amountMinor }) => all + amountMinor, 0)
const slip = (payment: Payment, cdr?: CdrReceived) => slipOf(payment, { ...around, ...(cdr && { cdr }) })

test('the address of a receipt cannot be made from its reference, nor from another address', () => {
  const token = receiptToken('secret', REFERENCE)
  expect(referenceOf('secret', token)).toBe(REFERENCE)
  expect(token).toMatch(/^[\w-]{36}\.[\w-]{22}$/)
  expect(referenceOf('other secret', token)).toBeUndefined()
  expect(referenceOf('secret', token.replace(REFERENCE, '21111111-1111-4111-8111-111111111111'))).toBeUndefined()
  for (const wrong of [
    '',
    '.',
    REFERENCE,
    `${REFERENCE}.`,
    `${REFERENCE}.${'A'.repeat(22)}`,
    `${token}A`,
    token.slice(1),
  ])
    expect(referenceOf('secret', wrong)).toBeUndefined()
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => referenceOf('secret', text) === undefined))
})

test('the site is that of the payment, wherever its terminal stands by now (F77)', async () => {
  const [old, now] = ['OLD', 'NEW'].map((partyId) => ({ countryCode: 'NL', partyId }))
  const mirror = {
    location: async (_peer: string, { partyId }: { partyId: string }) => ({ name: `Site of ${partyId}`, evses: [] }),
  }
  const parts = { mirror, registry: { find: async () => ({ party: now }) } } as unknown as Parameters<typeof siteOf>[0]
  const siteFor = async (change: Partial<Payment>) => (await siteOf(parts, paymentIn('captured', change))).locationName
  expect(await siteFor({ party: old! })).toBe('Site of OLD')
  expect(await siteFor({})).toBe('Site of NEW')
})

test('what became of the money is said for every end', () => {
  const said = (change: Partial<Payment>, state: Payment['state'] = 'captured') =>
    slip(paymentIn(state, change)).payment?.state
  const advice = { id: 'A1', status: 'PARTIAL_SUCCESS', amount: eur(1000), at: T0 } as const
  const back = (amount: number, status: 'asked' | 'done' | 'refused', adviceId?: string) => ({
    refunds: [{ id: 'r', amount: eur(amount), why: 'credit', status, ...(adviceId && { adviceId }) }],
  })
  expect(said({})).toBe('paid')
  expect(said({ advice, held: eur(1000), captured: eur(1000) })).toBe('partly-paid')
  expect(said(back(1200, 'done', 'A2'))).toBe('refunded')
  expect(said(back(200, 'done', 'A2'))).toBe('partly-refunded')
  expect(said(back(200, 'asked', 'A2'))).toBe('pending')
  expect(said(back(200, 'refused', 'A2'))).toBe('paid')
  expect(said({ captured: eur(2400), ...back(1200, 'done') })).toBe('paid')
  expect(said({ outcome: 'not-plugged-in' }, 'voided')).toBe('not-charged')
  expect(said({ outcome: 'declined' }, 'declined')).toBe('declined')
  expect(said({ outcome: 'psp-unavailable' }, 'declined')).toBe('not-charged')
  for (const state of [
    'authorizing',
    'charging',
    'awaiting-cdr',
    'capturing',
    'capture-unknown',
    'voiding',
    'stuck',
  ] as const)
    expect(said({}, state)).toBe('pending')
})

test('nothing that is not final shows an amount, a tax or a number of its own', () => {
  const open = slip(paymentIn('capturing'), cdrFor(10))
  expect(open).toMatchObject({ number: 'P-111111111111', lines: [], taxes: [] })
  expect(open).not.toHaveProperty('total')
  expect(open.payment).not.toHaveProperty('captured')
})

test('whatever was due, held and paid back: lines make the total, net and taxes make the total', () => {
  const amounts = fc.record({
    due: fc.integer({ min: 1, max: 20_000 }),
    held: fc.integer({ min: 1, max: 20_000 }),
    basis: fc.option(fc.integer({ min: 1, max: 20_000 })),
    back: fc.integer({ min: 0, max: 20_000 }),
    twice: fc.boolean(),
  })
  fc.assert(
    fc.property(amounts, ({ due, held, basis, back, twice }) => {
      const taken = Math.min(basis ?? due, held)
      const net = Math.round(due / 1.21)
      const total_cost = {
        before_taxes: net / 100,
        taxes: [{ name: 'VAT', percentage: 21, amount: (due - net) / 100 }],
      }
      const cdr = cdrFor(1, { total_cost, total_energy_cost: { before_taxes: Math.floor(net / 2) / 100 } })
      const refunds = [
        ...(back > 0
          ? [{ id: 'a', amount: eur(Math.min(back, taken)), why: 'c', status: 'done' as const, adviceId: 'x' }]
          : []),
        ...(twice ? [{ id: 'b', amount: eur(taken), why: 'twice', status: 'done' as const }] : []),
      ]
      const payment = paymentIn('captured', {
        held: eur(held),
        cdr: { id: 'CDR1', hash: 'h', due: eur(due) },
        captured: eur(taken * (twice ? 2 : 1)),
        ...(basis !== null && { basis: { by: 'operator', due: eur(basis) } as const }),
        ...(refunds.length > 0 && { refunds }),
      })
      const paper = slip(payment, cdr)
      const paid = taken - (back > 0 ? Math.min(back, taken) : 0)
      expect(paper.total).toBe(paid)
      expect(sum(paper.lines), JSON.stringify(paper.lines)).toBe(paid)
      const taxes = paper.taxes.reduce((all, { amountMinor }) => all + amountMinor, 0)
      if (paper.net !== undefined) expect(paper.net + taxes).toBe(paid)
      // The screen of the terminal says the same, line by line.
      const shown = receiptOf(payment, { merchant: '', locationName: '', label: '', cdr })
      expect(shown.total.amountMinor).toBe(paid)
      expect(shown.lines.map(({ text, amount }) => ({ text, amountMinor: amount.amountMinor }))).toEqual(
        paper.lines.map(({ text, amountMinor }) => ({ text, amountMinor })),
      )
      expect(shown.taxes.map(({ amount }) => amount.amountMinor)).toEqual(paper.taxes.map((tax) => tax.amountMinor))
    }),
    { numRuns: 300 },
  )
})

test('a hold that was too small is a line of its own, and so is what was paid back', () => {
  const lines = (change: Partial<Payment>) =>
    slipLines(paymentIn('captured', { cdr: { id: 'CDR1', hash: 'h', due: eur(1500) }, ...change }), undefined)
  expect(lines({ held: eur(1000), captured: eur(1000) })).toEqual([
    { text: 'session', amountMinor: 1500 },
    { text: 'above-hold', amountMinor: -500 },
  ])
  const refunds = [{ id: 'r', amount: eur(1500), why: 'credit', status: 'done', adviceId: 'A2' }] as const
  expect(lines({ captured: eur(1500), refunds })).toEqual([
    { text: 'session', amountMinor: 1500 },
    { text: 'refunded', amountMinor: -1500 },
  ])
})

test('several taxes: each with the net of the parts that carry it, and none where the parts are not the whole', () => {
  const price = (net: number, ...taxes: readonly (readonly [string, number, number])[]) => ({
    before_taxes: net,
    taxes: taxes.map(([name, percentage, amount]) => ({ name, percentage, amount })),
  })
  const cdr = cdrFor(10, {
    total_energy_cost: price(5, ['VAT', 20, 1], ['Energy levy', 2, 0.1]),
    total_parking_cost: price(3, ['VAT', 20, 0.6]),
    total_cost: price(8, ['VAT', 20, 1.6], ['Energy levy', 2, 0.1]),
  })
  expect(slipTaxes(eur(970), cdr)).toEqual({
    net: 800,
    taxes: [
      { name: 'VAT', percentage: 20, netMinor: 800, amountMinor: 160 },
      { name: 'Energy levy', percentage: 2, netMinor: 500, amountMinor: 10 },
    ],
  })
  const lump = { ...cdr, total_parking_cost: undefined }
  expect(slipTaxes(eur(970), lump).taxes.map(({ netMinor }) => netMinor)).toEqual([undefined, undefined])
  expect(slipTaxes(eur(970), cdrFor(1, { total_cost: { before_taxes: 9.7 } }))).toEqual({ taxes: [] })
})

test('the receipt says pending until the capture is known, then what was taken, then what was paid back, under new numbers', async () => {
  const one = await charged()
  const before = await page(one)
  expect(before.text).toContain('Not final yet')
  expect(before.text).not.toContain('€')
  expect(before.headers['cache-control']).toBe('no-store')
  await one.bill(cdrFor(10))
  const paid = await page(one)
  expect(paid.text).toContain('Paid by card.')
  expect(paid.text).toContain('€6.05')
  expect(paid.headers['cache-control']).toContain('private')
  expect(paid.text).toContain('No. R-20300101-111111111111 ')
  await one.bill(creditFor(cdrFor(10)))
  await one.pass(16 * 60_000)
  const back = await page(one)
  expect(back.text).toContain('Paid, and paid back in full.')
  expect(back.text).toContain('This document corrects no. R-20300101-111111111111.')
  expect(back.text).toContain('No. R-20300101-111111111111-2 ')
  await one.close()
})

test('the language is the one of the tap, else the first of the contract with words', async () => {
  const one = await rig()
  await one.tap({ language: 'fr' })
  expect((await page(one)).text).toContain('Bon')
  await one.close()
  const other = await rig()
  await other.tap({ language: 'de' })
  expect((await page(other)).text).toContain('Beleg')
  await other.close()
})

/** A reader that keeps the card to itself: it is known from the answer to the authorization only. */
const readerOf = (psp: Psp): Psp => ({ ...psp, capabilities: { ...psp.capabilities, identify: 'reader' } })
const losesAnswer = (psp: Psp): Psp => ({
  ...readerOf(psp),
  authorize: async (o) => {
    await psp.authorize(o)
    throw new PspError('unknown-outcome', 'No answer.')
  },
})

test.each([
  ['answers', readerOf],
  ['answers only when asked again', losesAnswer],
])('a declined card has its receipt, with card and EFT data, where the provider %s', async (_how, psp) => {
  const one = await rig({ card: 'declined', psp })
  await one.tap({ card: { fingerprint: '', brand: 'Card', masked: '****' } })
  expect(await one.payment()).toMatchObject({ state: 'declined', card: { fingerprint: 'sim-declined' } })
  const { text } = await page(one)
  for (const said of ['Your bank declined the card.', 'Visa **** 1003', 'DECLINED']) expect(text).toContain(said)
  await one.close()
})

test('signed meter values are printed and handed out as a file; without any there is none', async () => {
  const signed_values = [{ nature: 'Start', plain_data: '1', signed_data: 'T0NNRg==' }]
  const one = await charged()
  await one.bill(cdrFor(10, { signed_data: { encoding_method: 'OCMF', public_key: 'S0VZ', signed_values } }))
  const parts = partsOf(one)
  const file = await serveReceipt(parts, token, { form: 'signed' })
  expect(file.headers['content-type']).toBe('application/xml')
  expect(String(file.body)).toContain('<signedData format="OCMF" encoding="base64">T0NNRg&#61;&#61;</signedData>')
  expect(String((await serveReceipt(parts, token, { form: 'page' })).body)).toContain(`href="${token}/signed"`)
  const pdf = await serveReceipt(parts, token, { form: 'pdf' })
  expect(
    Buffer.from(pdf.body as Uint8Array)
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  expect(await serveReceipt(parts, token, { form: 'pdf' })).toEqual(pdf)
  await one.close()
  const plain = await charged()
  await plain.bill(cdrFor(10))
  expect((await serveReceipt(partsOf(plain), token, { form: 'signed' })).status).toBe(404)
  await plain.close()
})

test('a wrong address, a stranger’s and one of no payment are the same 404', async () => {
  const one = await charged()
  const parts = partsOf(one)
  const answers = await Promise.all(
    ['x', REFERENCE, receiptToken('other', REFERENCE), receiptToken('secret', 'unknown')].map((wrong) =>
      serveReceipt(parts, wrong, { form: 'page' }),
    ),
  )
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect(answers[0]!.status).toBe(404)
  expect(String(answers[0]!.body)).not.toContain(REFERENCE)
  await one.close()
})

test('card data on a receipt is brand and last four digits: no fingerprint, no token, no card number', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  const payment = await one.payment()
  const { text } = await page(one)
  expect(text).toContain('Visa **** 1001')
  expect(text).not.toContain(payment.card.fingerprint)
  expect(text).not.toContain(payment.tokenUid)
  expect(carriesCardNumber(text)).toBe(false)
  await one.close()
})
