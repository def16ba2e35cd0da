/** What a receipt says became of the money, under which number and date, and whose invoice it leads to. */
import { PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { receiptOf } from '../src/payment/receipt.ts'
import { serveReceipt, terminalReceipt } from '../src/receipts/receipts.ts'
import { slipOf } from '../src/receipts/slip-of.ts'
import { page, partsOf, token } from './receipt-page.ts'
import { charged, failingCaptures, rig } from './rig.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { cdrFor, creditFor, HOUR, MINUTE } from './scripted-cpo.ts'

const around = { issuer: 'Plugtill Pay', seller: { name: 'Laadpaal' }, place: ['Town'], charger: 'E1', language: 'en' }
const slip = (payment: Payment) => slipOf(payment, around)
const cdr = (due: number) => ({ id: 'CDR1', hash: 'h', due: eur(due) })
const over = { total_cost: { before_taxes: 20, taxes: [{ name: 'VAT', percentage: 21, amount: 4.2 }] } }
const OURS = `https://pay.example/ptp/receipts/${token}`

test('that no more was taken than reserved is said where that is why, not where session, tariff or a later bill decided', () => {
  const said = (change: Partial<Payment>) => {
    const { payment, lines } = slip(paymentIn('captured', change))
    return [payment?.state, lines.find(({ amountMinor }) => amountMinor < 0)?.text]
  }
  const advice = { id: 'A1', status: 'PARTIAL_SUCCESS', amount: eur(1000), at: T0 } as const
  const taken = { captured: eur(1000), advice }
  expect(said({ ...taken, held: eur(1000), cdr: cdr(1500) })).toEqual(['partly-paid', 'above-hold'])
  // A part of it that the provider took twice and gives back is no part of the price. (F64)
  const twice = [{ id: 'x', amount: eur(1000), why: 'twice', status: 'done' }] as const
  expect(said({ ...taken, held: eur(1000), cdr: cdr(1500), captured: eur(2000), refunds: twice })[0]).toBe(
    'partly-paid',
  )
  for (const by of ['session', 'tariff', 'operator'] as const)
    expect(said({ ...taken, cdr: cdr(1500), basis: { by, due: eur(1000) } }), by).toEqual(['paid', 'corrected'])
  expect(said({ ...taken, cdr: cdr(1500) })).toEqual(['paid', 'corrected'])
  expect(said({ ...taken, held: eur(1000), cdr: cdr(1000) })).toEqual(['paid', undefined])
})

test('captured by the session: the receipt says paid', async () => {
  const one = await charged()
  await one.bill(cdrFor(10, over))
  await one.decide('capture-session')
  expect((await one.payment()).advice?.status).toBe('PARTIAL_SUCCESS')
  const { text } = await page(one)
  expect(text).toContain('Paid by card.')
  expect(text).not.toContain('reserved')
  await one.close()
})

const invoiced = { terms: { invoiceCreator: 'CPO', invoiceBaseUrl: 'https://cpo.example/inv' } } as const

test('the terminal leads to no invoice where nothing was charged (F56), or nothing is decided', async () => {
  const voided = await rig(invoiced)
  await voided.tap()
  await voided.result('FAILED')
  await voided.pass(HOUR)
  await voided.bill(cdrFor(10, { invoice_reference_id: 'INV-1' }))
  expect(await terminalReceipt(partsOf(voided), await voided.payment())).toMatchObject({
    status: 'voided',
    invoiceUrl: OURS,
  })
  await voided.close()

  const stuck = await charged(invoiced)
  await stuck.bill(cdrFor(10, { ...over, invoice_reference_id: 'INV-1' }))
  const shown = async () => (await terminalReceipt(partsOf(stuck), await stuck.payment())).invoiceUrl
  expect([await shown(), (await page(stuck)).text.includes('invoice')]).toEqual([OURS, false])
  await stuck.decide('accept-cdr')
  expect(await shown()).toMatch(/^https:\/\/cpo\.example\/inv\//)
  expect((await page(stuck)).text).toContain('The invoice is made by NL-CPO.')
  await stuck.close()
})

test('the time of payment is that of the capture, also when a part was paid back days later', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  const { at } = slip(await one.payment()).payment!
  await one.pass(72 * HOUR)
  await one.decide('refund', 100)
  await one.pass(MINUTE)
  const after = slip(await one.payment())
  expect(after.payment).toMatchObject({ state: 'partly-refunded', at })
  expect(after.issuedAt).toBeGreaterThanOrEqual(at! + 72 * HOUR)
  await one.close()
})

test('a voided payment has the date of its tap, and keeps its number when a bill comes days too late (0046, F56)', async () => {
  const one = await rig()
  await one.tap()
  await one.result('FAILED')
  await one.pass(48 * HOUR)
  const before = slip(await one.payment())
  expect([before.number, before.issuedAt]).toEqual(['R-20300101-111111111111', T0])
  await one.bill(cdrFor(10))
  const payment = await one.payment()
  expect(payment.advice?.status).toBe('FAILED')
  expect([slip(payment).number, slip(payment).corrects, slip(payment).issuedAt]).toEqual([before.number, undefined, T0])
  const shown = receiptOf(payment, { merchant: '', locationName: '', label: '' })
  expect(shown.at).toBe('2030-01-01T12:00:00.000Z')
  await one.close()
})

test('an attempt that failed is no document: the receipt of the capture after it is the first, and a refund corrects that one', async () => {
  const bank = failingCaptures(new PspError('refused', 'not today'))
  const one = await charged({ psp: bank.psp })
  await one.bill(cdrFor(10))
  bank.works = true
  await one.pass(20 * HOUR)
  await one.decide('retry')
  await one.pass(MINUTE)
  const first = slip(await one.payment())
  expect([first.number, first.corrects]).toEqual(['R-20300102-111111111111', undefined])
  await one.bill(creditFor(cdrFor(10)))
  await one.pass(HOUR)
  const second = slip(await one.payment())
  expect([second.number, second.corrects]).toEqual(['R-20300102-111111111111-2', first.number])
  await one.close()
})

test('a capture that was taken back and then given up corrects the receipt that said paid (F66)', () => {
  const told = (id: string, status: 'SUCCESS' | 'FAILED', days: number) =>
    ({ id, status, amount: eur(1200), at: T0 + days * 24 * HOUR }) as const
  const earlierAdvices = [told('A1', 'SUCCESS', 0)]
  const back = slip(paymentIn('voided', { cdr: cdr(1200), earlierAdvices, advice: told('A2', 'FAILED', 3) }))
  expect([back.number, back.corrects]).toEqual(['R-20300104-111111111111-2', 'R-20300101-111111111111'])
})

test('a card that would need a PIN was declined: nothing had been reserved', () => {
  const { payment } = slip(paymentIn('declined', { outcome: 'pin-needed' }))
  expect(payment?.state).toBe('declined')
})

test('a number never says another seller: it is the one of the tap, whoever runs the site by now (F77)', async () => {
  const seller = { name: 'Fast Charge BV', lines: ['https://fast.example'] }
  const one = await charged({ payment: { seller } })
  await one.bill(cdrFor(10))
  const mirror = {
    location: async () => ({
      operator: { name: 'New Owner GmbH' },
      address: 'A',
      city: 'B',
      country: 'NLD',
      evses: [],
    }),
  }
  const party = { countryCode: 'NL', partyId: 'CPO' }
  const now = { mirror, registry: { find: async () => ({ party }) } } as never
  const { text } = await page(one, now)
  expect(text).toContain('Fast Charge BV')
  expect(text).not.toContain('New Owner')
  await one.close()
  const older = await charged()
  expect((await page(older, now)).text).toContain('New Owner GmbH')
  await older.close()
})

test('an address of no receipt is told in a language of the browser', async () => {
  const one = await rig()
  const said = async (...languages: string[]) =>
    String((await serveReceipt(partsOf(one), 'x', { form: 'page', languages })).body)
  expect(await said('fr', 'de')).toMatch(/lang="de".*Hier ist kein Beleg/)
  expect(await said('nl')).toContain('Hier is geen bon')
  expect(await said('fr')).toContain('No receipt here')
  await one.close()
})
