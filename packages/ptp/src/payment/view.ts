/** One payment as its driver may see it, and as the operator does. Pure. */
import { formatDateTime } from '@plugtill/ocpi/types'
import type { Money } from '@plugtill/psp/psp'
import type { PaymentView, Wait } from '@plugtill/terminal/link'
import { dueFor, netOf, refundedOf, stopMargin } from './amounts.ts'
import { heldAtMost } from './cells-raise.ts'
import type { Reminder } from './events.ts'
import { FINAL_STATES, type Payment, type PaymentState } from './payment.ts'
import { spelled } from './spelling.ts'
import { termsOf } from './terms.ts'

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
  /** Simulated chargers that are faster than their plate: the power shown is that of the plate. */
  readonly chargerSpeed?: number
  /** When the platform stops waiting, from the open deadline of this payment. */
  readonly until?: number
}

export function paymentView(payment: Payment, around: Surroundings): PaymentView {
  const { label, now, until } = around
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
    asked: payment.asked,
    held: payment.held,
    ...growsTo(payment),
    captured: payment.captured && netOf(payment),
    cost: payment.cdr?.due ?? session?.cost,
    energyKwh: session?.kwh,
    ...(payment.state === 'charging' && paceShown(payment, around)),
    card: { brand: payment.card.brand, masked: payment.card.masked },
    startedAt: session?.startedAt,
    message: payment.outcome ?? (payment.stop?.by === 'limit' ? 'hold-used-up' : undefined),
    final: isFinal(payment),
    language: payment.language,
    now,
  }
}

/** Where charging ends: at the hold, or at the most that it may grow to. */
function ceilingOf(payment: Payment): Money | undefined {
  const { raise } = termsOf(payment)
  const held = heldAtMost(payment)
  if (!held || !raise || payment.raise?.status === 'refused') return held
  return { ...held, amountMinor: Math.max(held.amountMinor, raise.maxMinor) }
}

/** What the driver may have to pay at most, as long as that is more than is held now. */
function growsTo(payment: Payment): Pick<PaymentView, 'holdUpTo'> {
  const { held, captured, state } = payment
  const { overHold, canRaise, mostHeldMinor = 0 } = termsOf(payment)
  if (!held || captured || state === 'voided' || state === 'declined') return {}
  const billed = overHold === 'raise' && canRaise === true ? mostHeldMinor : 0
  const most = Math.max(
    (ENERGY_AHEAD.includes(state) ? ceilingOf(payment) : heldAtMost(payment))?.amountMinor ?? 0,
    billed,
  )
  return most > held.amountMinor ? { holdUpTo: { ...held, amountMinor: most } } : {}
}

/** A hold that grows with the session grows in these only. */
const ENERGY_AHEAD: readonly PaymentState[] = ['starting', 'start-unknown', 'awaiting-session', 'charging']

/** A pace that would last longer than this says nothing a driver could use. */
const LONGEST_MS = 24 * 3_600_000

/** Power, and when the hold is used up at this pace: the platform stops a little before the hold, so it counts to there. */
function paceShown(payment: Payment, { now, chargerSpeed = 1 }: Surroundings) {
  const { session } = payment
  if (!session?.pace) return {}
  const { powerKw, costPerHourMinor } = session.pace
  const most = ceilingOf(payment)
  const left = most && session.cost?.currency === most.currency ? most.amountMinor - stopMargin(most) : undefined
  const leftMinor = left === undefined || !session.cost ? undefined : left - session.cost.amountMinor
  const spentAt =
    leftMinor === undefined || costPerHourMinor <= 0
      ? undefined
      : Date.parse(session.lastUpdated) + (Math.max(0, leftMinor) / costPerHourMinor) * 3_600_000
  return {
    powerKw: Math.round((powerKw / chargerSpeed) * 10) / 10,
    ...(spentAt !== undefined && spentAt - now < LONGEST_MS && { holdLastsUntil: Math.round(spentAt) }),
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
