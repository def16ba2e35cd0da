/** docs/reference/payment-states.md, from the payment's state table. */

import type { PaymentEvent } from '../../packages/ptp/src/payment/events.ts'
import type { Payment, PaymentState } from '../../packages/ptp/src/payment/payment.ts'
import { paymentMachine } from '../../packages/ptp/src/payment/states.ts'
import { eur, events, paymentIn, session, T0 } from '../../packages/ptp/test/samples.ts'
import { statePage } from './states.ts'

const LATER = '2030-01-01T12:30:00.000Z'
const reported = (change: Parameters<typeof session>[0]): PaymentEvent => ({
  ...events['session-reported'],
  session: session({ lastUpdated: LATER, ...change }),
})
const billed = (due: { amountMinor: number; currency: string }): PaymentEvent => ({
  ...events['cdr-received'],
  cdr: { id: `CDR-${due.amountMinor}-${due.currency}`, hash: 'h', due },
})

/** Every event as it usually is, and in the variants that the table tells apart. */
const telling: readonly PaymentEvent[] = [
  ...Object.values(events),
  { ...events.authorized, held: eur(1) },
  { ...events.authorized, at: T0 + 120_000 },
  { ...events['authorization-declined'], outcome: 'psp-unavailable' },
  { ...events['start-answered'], accepted: false },
  { ...events['start-result'], accepted: false, result: 'FAILED' },
  reported({ status: 'PENDING', kwh: 0, cost: eur(0) }),
  { ...events['session-reported'], session: session({ status: 'PENDING', kwh: 0 }), lastLook: true },
  reported({ status: 'COMPLETED' }),
  reported({ status: 'COMPLETED', kwh: 0, cost: eur(0) }),
  reported({ status: 'INVALID', kwh: 0, cost: eur(0) }),
  reported({ cost: eur(4950) }),
  reported({ id: 'S2' }),
  { ...events['stop-answered'], outcome: 'accepted' },
  { ...events['advice-delivered'], adviceId: 'A2' },
  { ...events['stop-answered'], outcome: 'unknown-session' },
  billed(eur(0)),
  billed(eur(6200)),
  billed({ amountMinor: 1200, currency: 'HUF' }),
  {
    ...events['cdr-received'],
    cdr: { id: 'CDR-OVER', hash: 'h', due: eur(1300) },
    check: { verdict: 'over', expected: eur(1200), reason: 'more than the tariff gives' },
  },
  { ...events['credit-received'], of: 'CDR2' },
  { ...events['credit-received'], of: 'CDR-OVER' },
  ...(['retry', 'capture-session', 'accept-cdr', 'refund'] as const).map((decision) => ({
    ...events['operator-decided'],
    decision,
  })),
]

/** Counters, ids and the texts of reasons make entities that no cell tells apart; nor does the wait for a session once it is billed. */
const sameness = (payment: Payment) => [
  payment.state,
  payment.held !== undefined,
  payment.session?.status,
  payment.stop && Math.min(payment.stop.tries, 1),
  payment.credit !== undefined,
  ...(billedStates.includes(payment.state) ? afterBill(payment) : beforeBill(payment)),
]

const billedStates: readonly PaymentState[] = ['capturing', 'capture-unknown', 'captured', 'voided', 'stuck']

const beforeBill = (payment: Payment) => [
  payment.plugInWindowPassed,
  payment.polling,
  payment.holdEnding,
  (payment.session?.kwh ?? 0) > 0,
  (payment.cdrChases ?? 0) * payment.timers.cdrDeadlineMs > 72_000_000,
  payment.cdr !== undefined,
  payment.advice !== undefined,
]

const afterBill = (payment: Payment) => [
  payment.cdr?.id,
  payment.advice !== undefined,
  payment.dispute !== undefined,
  payment.basis?.by,
  payment.refunds?.[0]?.status,
  payment.outcome === 'void-failed',
]

const meaning: Readonly<Record<PaymentState, string>> = {
  authorizing: 'The provider is asked to hold the amount. Nothing has left for the CPO.',
  'authorization-unknown': "The provider's answer was lost: its own record is read before anything else happens.",
  declined: 'No hold. The driver is told, the CPO never hears of it.',
  starting: 'Money is held, START_SESSION is on its way or answered, the result is awaited.',
  'start-unknown': 'The CPO gave no readable answer. The order is never sent twice; a Session is looked for.',
  'awaiting-session': 'The charger accepted; a car must come within the plug-in window.',
  charging: 'The CPO shows an ACTIVE Session. Its cost is watched against the hold.',
  stopping: 'STOP_SESSION was ordered by the driver, by the limit of the hold or by policy.',
  'awaiting-cdr': 'The Session is COMPLETED; its CDR decides the amount and is pulled when it does not come.',
  capturing: 'min(due, held) is being captured, once.',
  'capture-unknown': "The provider's answer was lost: its own record is read, and the same key used again.",
  captured: 'Money taken. The financial advice is delivered until the CPO has it.',
  voiding: 'The hold is being given back. A session that really runs still takes it.',
  'void-unknown':
    "The answer of the void was lost: the provider's own record is read. Until then nothing is paid from the hold and nothing is stopped.",
  voided: 'The hold is given back. What runs now is stopped; what is billed now is advised as FAILED.',
  stuck: 'An operator has to look; `reason` says why.',
}

const opening = `One payment is one tap of a card. Its table stands in \`packages/ptp/src/payment/states.ts\` and the \`cells-*.ts\`
beside it; every pair of state and event has a verdict, because messages come in any order and more than once.
Generated from that table by \`npm run docs\`; do not edit.`

export const paymentStates = (): string =>
  statePage({
    title: 'Payment states',
    opening,
    machine: paymentMachine,
    samples: { entities: [paymentIn('authorizing')], events: telling },
    sameness,
    meaning,
  })
