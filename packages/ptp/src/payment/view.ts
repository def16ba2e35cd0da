/** One payment as its driver may see it, and as the operator does. Pure. */
import { formatDateTime } from '@plugtill/ocpi/types'
import type { Money } from '@plugtill/psp/psp'
import type { PaymentView, Wait } from '@plugtill/terminal/link'
import { dueFor, netOf, refundedOf } from './amounts.ts'
import { heldAtMost } from './cells-raise.ts'
import type { Reminder } from './events.ts'
import { FINAL_STATES, type Payment, type PaymentState } from './payment.ts'
import { spelled } from './spelling.ts'

/** The driver's word for each state; unknown outcomes look like the wait they are. */
const SHOWN: Readonly<Record<PaymentState, { readonly state: PaymentView['state']; readonly wait?: Wait }>> = {
  authorizing: { state: 'authorizing', wait: 'psp' },
  'authorization-unknown': { state: 'authorizing', wait: 'psp' },
  declined: { state: 'declined' },
  starting: { state: 'starting', wait: 'charger' },
  'start-unknown': { state: 'starting', wait: 'charger' },
  'awaiting-session': { state: 'awaiting-plug', wait: 'plug' },
  charging: { state: 'charging' },
  stopping: { state: 'stopping', wait: 'stop' },
  'awaiting-cdr': { state: 'awaiting-cdr', wait: 'cdr' },
  capturing: { state: 'capturing', wait: 'capture' },
  'capture-unknown': { state: 'capturing', wait: 'capture' },
  captured: { state: 'captured' },
  voiding: { state: 'voiding', wait: 'void' },
  'void-unknown': { state: 'voiding', wait: 'void' },
  voided: { state: 'voided' },
  stuck: { state: 'stuck' },
}

/** The reminder whose time ends the wait of a state; the others are routine or stale. */
export const DEADLINE: { readonly [S in PaymentState]?: Reminder } = {
  starting: 'start-deadline-passed',
  'start-unknown': 'start-deadline-passed',
  'awaiting-session': 'plug-in-window-passed',
  'awaiting-cdr': 'cdr-deadline-passed',
}

export const isFinal = (payment: Payment): boolean => (FINAL_STATES as readonly string[]).includes(payment.state)

export interface Surroundings {
  readonly label: string
  readonly now: number
  /** When the platform stops waiting, from the open deadline of this payment. */
  readonly until?: number
}

export function paymentView(payment: Payment, { label, now, until }: Surroundings): PaymentView {
  const { state, wait } = SHOWN[payment.state]
  const { session } = payment
  return {
    reference: payment.id,
    state,
    ...(wait && { waitingFor: { what: wait, ...(until !== undefined && { until }) } }),
    locationId: payment.locationId,
    evseUid: payment.evseUid,
    connectorId: payment.connectorId,
    label,
    held: payment.held,
    captured: payment.captured && netOf(payment),
    cost: payment.cdr?.due ?? session?.cost,
    energyKwh: session?.kwh,
    card: { brand: payment.card.brand, masked: payment.card.masked },
    startedAt: session?.startedAt,
    message: payment.outcome,
    final: isFinal(payment),
    language: payment.language,
    now,
  }
}

const money = (amount: Money | undefined) =>
  amount ? { amount_minor: amount.amountMinor, currency: amount.currency } : null

/** The payment as the admin API and the command line show it (docs/reference/interfaces.md). */
export function paymentRecord(payment: Payment) {
  const { advice } = payment
  return {
    reference: payment.id,
    state: payment.state,
    created_at: formatDateTime(payment.createdAt),
    peer: payment.peerId,
    terminal_id: payment.terminalId,
    location_id: payment.locationId,
    evse_uid: payment.evseUid,
    connector_id: payment.connectorId,
    tariff_id: payment.tariff.id,
    card: { brand: payment.card.brand, masked: payment.card.masked },
    asked: money(payment.asked),
    held: money(payment.held),
    capture_before: payment.captureBefore === undefined ? null : formatDateTime(payment.captureBefore),
    release_by: payment.releaseBy === undefined ? null : formatDateTime(payment.releaseBy),
    captured: money(payment.captured),
    refunded: money(payment.refunds?.length ? refundedOf(payment) : undefined),
    refunds: (payment.refunds ?? []).map(({ id, amount, why, status, reason }) => ({
      id,
      amount: money(amount),
      why,
      status,
      reason: reason ?? null,
    })),
    due: money(dueFor(payment)),
    contract: payment.terms?.contractId ?? null,
    held_at_most: money(heldAtMost(payment)),
    dispute: payment.dispute ? { reason: payment.dispute.reason, expected: money(payment.dispute.expected) } : null,
    captured_by: payment.basis?.by ?? (payment.cdr ? 'cdr' : null),
    session_id: payment.session?.id ?? null,
    session: spelled(payment.session ?? null),
    cdr_id: payment.cdr?.id ?? null,
    advice: advice
      ? {
          id: advice.id,
          status: advice.status,
          amount: money(advice.amount),
          delivered_at: advice.deliveredAt === undefined ? null : formatDateTime(advice.deliveredAt),
        }
      : null,
    reason: payment.reason ?? null,
  }
}
