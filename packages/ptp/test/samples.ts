/** Payments and events as values, for the tests of the state table. */
import { decide } from '@plugtill/engine/machine'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PaymentEvent } from '../src/payment/events.ts'
import type { Payment, PaymentState, SessionSeen } from '../src/payment/payment.ts'
import { paymentMachine } from '../src/payment/states.ts'

export const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

export const tariff: Tariff = {
  country_code: 'NL',
  party_id: 'CPO',
  id: 'AC',
  currency: 'EUR',
  type: 'AD_HOC_PAYMENT',
  tax_included: 'NO',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.5, vat: 21, step_size: 1 }] }],
  last_updated: '2030-01-01T00:00:00.000Z',
}

export const T0 = Date.parse('2030-01-01T12:00:00.000Z')

export const session = (change: Partial<SessionSeen> = {}): SessionSeen => ({
  id: 'S1',
  status: 'ACTIVE',
  kwh: 4,
  cost: eur(242),
  lastUpdated: '2030-01-01T12:05:00.000Z',
  ...change,
})

const fresh: Payment = {
  id: '11111111-1111-4111-8111-111111111111',
  state: 'authorizing',
  createdAt: T0,
  tapId: 'tap-1',
  peerId: 'peer-1',
  terminalId: 'T-1',
  locationId: 'L1',
  evseUid: 'E1',
  connectorId: '1',
  timeZone: 'Europe/Amsterdam',
  tokenUid: 'ABCDEFGHIJKLMNOPQRST',
  language: 'en',
  cardToken: 'approved',
  card: { fingerprint: 'f1', brand: 'Visa', masked: '**** 1001' },
  tariff,
  asked: eur(5000),
  minimumHold: eur(500),
  timers: { startGraceMs: 30_000, plugInWindowMs: 300_000, sessionPollMs: 300_000, cdrDeadlineMs: 900_000 },
  startCommandId: 'cmd-1',
}
const held = { held: eur(5000), pspReference: 'psp-1', captureBefore: T0 + 86_400_000, eftData: ['VISA **** 1001'] }
const cdr = { id: 'CDR1', hash: 'h1', due: eur(1200) }

/** A payment as it typically stands in a state. */
export function paymentIn(state: PaymentState, change: Partial<Payment> = {}): Payment {
  const bare: readonly PaymentState[] = ['authorizing', 'authorization-unknown', 'declined']
  const running: readonly PaymentState[] = [
    'charging',
    'stopping',
    'awaiting-cdr',
    'capturing',
    'capture-unknown',
    'captured',
  ]
  const billed: readonly PaymentState[] = ['capturing', 'capture-unknown', 'captured']
  return {
    ...fresh,
    ...(!bare.includes(state) && held),
    ...(running.includes(state) && {
      session: session(state === 'charging' || state === 'stopping' ? {} : { status: 'COMPLETED' }),
      polling: true,
    }),
    ...(state === 'stopping' && { stop: { by: 'driver', commandId: 'stop-1', tries: 1 } as const }),
    ...(billed.includes(state) && { cdr }),
    ...(state === 'captured' && {
      captured: eur(1200),
      advice: { id: 'A1', status: 'SUCCESS', amount: eur(1200), at: T0 } as const,
    }),
    state,
    ...change,
  }
}

/** What the table decides about a payment in this state. */
export const on = (state: PaymentState, event: PaymentEvent, change: Partial<Payment> = {}) =>
  decide(paymentMachine, paymentIn(state, change), event)
/** What it orders, by name. */
export const names = (after: ReturnType<typeof on>) => after.effects.map((order) => order.do)
/** A later word of the CPO about the session. */
export const reported = (change: Partial<SessionSeen> = {}) => ({
  ...events['session-reported'],
  session: session({ lastUpdated: '2030-01-01T12:20:00.000Z', ...change }),
})

/** One event of every type. */
export const events: { readonly [T in PaymentEvent['type']]: Extract<PaymentEvent, { type: T }> } = {
  tapped: { type: 'tapped', at: T0 },
  authorized: { type: 'authorized', ...held, at: T0 + 1000 },
  'authorization-declined': { type: 'authorization-declined', outcome: 'declined', reason: 'no', at: T0 },
  'authorization-lost': { type: 'authorization-lost', reason: 'timeout', at: T0 },
  'start-answered': { type: 'start-answered', accepted: true, timeoutMs: 30_000, at: T0 },
  'start-unanswered': { type: 'start-unanswered', reason: 'timeout', at: T0 },
  'start-result': { type: 'start-result', accepted: true, result: 'ACCEPTED', at: T0 },
  'start-deadline-passed': { type: 'start-deadline-passed', at: T0 },
  'plug-in-window-passed': { type: 'plug-in-window-passed', stopCommandId: 'stop-2', at: T0 },
  'session-reported': {
    type: 'session-reported',
    session: session({ lastUpdated: '2030-01-01T12:10:00.000Z' }),
    stopCommandId: 'stop-2',
    at: T0,
  },
  'session-not-found': { type: 'session-not-found', stopCommandId: 'stop-2', at: T0 },
  'session-poll-due': { type: 'session-poll-due', stopCommandId: 'stop-2', at: T0 },
  'hold-check-due': { type: 'hold-check-due', stopCommandId: 'stop-2', at: T0 + 43_200_000 },
  'stop-requested': { type: 'stop-requested', by: 'driver', stopCommandId: 'stop-2', at: T0 },
  'stop-answered': { type: 'stop-answered', outcome: 'refused', stopCommandId: 'stop-2', at: T0 },
  'cdr-received': { type: 'cdr-received', cdr: { id: 'CDR2', hash: 'h2', due: eur(1200) }, adviceId: 'A2', at: T0 },
  'cdr-deadline-passed': { type: 'cdr-deadline-passed', at: T0 },
  captured: { type: 'captured', amount: eur(1200), eftData: ['VISA'], adviceId: 'A2', at: T0 },
  'capture-refused': { type: 'capture-refused', reason: 'no', adviceId: 'A2', at: T0 },
  'capture-lost': { type: 'capture-lost', reason: 'timeout', at: T0 },
  'capture-found': {
    type: 'capture-found',
    captured: eur(1200),
    pspReference: 'PSP-1',
    captureBefore: T0 + 86_400_000,
    eftData: ['VISA'],
    adviceId: 'A9',
    at: T0,
  },
  'capture-reversed': { type: 'capture-reversed', reason: 'returned', adviceId: 'A3', at: T0 },
  overcaptured: {
    type: 'overcaptured',
    captured: eur(2400),
    paidBack: eur(0),
    refundId: 'R9',
    adviceId: 'A3',
    at: T0,
  },
  'credit-received': { type: 'credit-received', credit: { id: 'CREDIT1', amount: eur(1200) }, of: 'CDR1', at: T0 },
  'credit-due': { type: 'credit-due', refundId: 'R1', adviceId: 'A3', at: T0 + 900_000 },
  refunded: { type: 'refunded', refundId: 'refund-1', at: T0 },
  'refund-found': { type: 'refund-found', paidBack: eur(200), adviceId: 'A9', at: T0 },
  'refund-refused': { type: 'refund-refused', refundId: 'refund-1', reason: 'no', at: T0 },
  'dispute-deadline-passed': { type: 'dispute-deadline-passed', at: T0 },
  'hold-raised': { type: 'hold-raised', n: 1, held: eur(6000), captureBefore: T0 + 86_400_000, at: T0 },
  'raise-refused': { type: 'raise-refused', n: 1, reason: 'no', stopCommandId: 'stop-2', at: T0 },
  'raise-lost': { type: 'raise-lost', n: 1, reason: 'timeout', stopCommandId: 'stop-2', at: T0 },
  'void-lost': { type: 'void-lost', reason: 'timeout', at: T0 },
  'hold-found': { type: 'hold-found', stopCommandId: 'stop-2', adviceId: 'A3', at: T0 },
  'operator-decided': {
    type: 'operator-decided',
    decision: 'void',
    by: 'operator',
    reason: 'asked for',
    refundId: 'R2',
    adviceId: 'A4',
    at: T0,
  },
  voided: { type: 'voided', adviceId: 'A2', at: T0 },
  'void-given-up': { type: 'void-given-up', reason: 'no', at: T0 },
  'advice-delivered': { type: 'advice-delivered', adviceId: 'A1', at: T0 },
}
