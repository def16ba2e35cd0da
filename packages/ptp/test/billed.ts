/** A bill of 12.00 that was paid, and its books before anything is changed in them. */
import { hashOf } from '../src/content-hash.ts'
import type { Payment, PaymentState } from '../src/payment/payment.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { cdrFor, REFERENCE } from './scripted-cpo.ts'

export const price = (net: number, tax: number) => ({
  before_taxes: net,
  taxes: [{ name: 'VAT', percentage: 20, amount: tax }],
})
export const cdr = cdrFor(20, { total_cost: price(10, 2) })
export const told = { id: 'A1', status: 'SUCCESS', amount: eur(1200), at: T0, deliveredAt: T0 } as const
export const partly = { ...told, status: 'PARTIAL_SUCCESS' } as const
export const bill = { id: 'CDR1', hash: hashOf(cdr), due: eur(1200) }
export const payment = (change: Partial<Payment> = {}, state: PaymentState = 'captured') =>
  paymentIn(state, { cdr: bill, advice: told, ...change })
export const advice = {
  id: 'A1',
  authorization_reference: REFERENCE,
  total_costs: price(10, 2),
  currency: 'EUR',
  eft_data: ['VISA'],
  capture_status_code: 'SUCCESS',
  last_updated: '2030-01-01T12:00:00Z',
} as const
