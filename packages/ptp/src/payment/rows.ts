/** Parts of rows of the payment's state table: what events mean as long as, or as soon as, something is decided. */
import type { Row } from '@plugtill/engine/machine'
import { once } from './cells-operator.ts'
import { holdRaised, raiseLost, raiseRefused } from './cells-raise.ts'
import { sessionAfterBill } from './cells-session.ts'
import { pollAfterBill, stopAnsweredAfterBill } from './cells-stop.ts'
import type { PaymentEvent, PaymentOrder } from './events.ts'
import type { Payment } from './payment.ts'
import { known, never, type PaymentCell } from './verdicts.ts'

export type PaymentRow = Row<Payment, PaymentEvent, PaymentOrder>

export const again = known('already known')
export const late = known('too late to matter')

/** Answers about the hold, once it is decided. */
export const holdDecided = { authorized: again, 'authorization-declined': again, 'authorization-lost': late } as const

/** Words about the start, once a Session or the end of the search has decided it. (reliability 3.2: evidence order) */
export const startDecided = {
  'start-answered': late,
  'start-unanswered': late,
  'start-result': late,
  'start-deadline-passed': late,
  'plug-in-window-passed': late,
  'session-not-found': late,
} as const

/** Before a CDR has decided an amount the provider has nothing to say about captures. */
export const noCaptureYet = {
  captured: never('A capture that nobody ordered.'),
  'capture-refused': never('A capture answer that nobody ordered.'),
  'capture-lost': never('A capture answer that nobody ordered.'),
  'capture-found': never('A capture before the hold was decided.'),
} as const

/** Before anything was captured nothing can be paid back. */
export const nothingTaken = {
  'capture-reversed': never('A capture taken back that was never made.'),
  overcaptured: never('A capture too much where none was made.'),
  refunded: never('A refund that nobody ordered.'),
  'refund-found': never('A refund where nothing was captured.'),
  'refund-refused': never('A refund that nobody ordered.'),
  'credit-received': never('A credit CDR for a payment that no CDR has billed.'),
  'credit-due': late,
  'dispute-deadline-passed': late,
} as const

export const noVoidYet = {
  voided: never('A void that nobody ordered.'),
  'void-lost': never('A void that nobody ordered.'),
  'hold-found': never('A void that nobody ordered.'),
  'void-given-up': never('A void that nobody ordered.'),
} as const

export const noRaise = {
  'hold-raised': never('A larger hold that nobody asked for.'),
  'raise-refused': never('A larger hold that nobody asked for.'),
  'raise-lost': never('A larger hold that nobody asked for.'),
} as const

export const raiseAnswered = {
  'hold-raised': holdRaised,
  'raise-refused': raiseRefused,
  'raise-lost': raiseLost,
} as const

export const raiseTooLate = { 'hold-raised': late, 'raise-refused': late, 'raise-lost': late } as const

/** The machine still decides by itself. */
export const undecidable: PaymentCell<'operator-decided'> = once((payment) => ({
  refuse: `The payment is ${payment.state}: it goes on by itself, and an operator decides only when it is stuck or captured.`,
}))

export const nothingHeld = {
  'session-reported': never('A Session without a hold: no start was ordered.'),
  'cdr-received': never('A CDR without a hold: no start was ordered.'),
  'session-poll-due': late,
  'cdr-deadline-passed': late,
  'stop-answered': late,
  'hold-check-due': late,
} as const

export const noStart = {
  'start-answered': never('No start was ordered.'),
  'start-unanswered': never('No start was ordered.'),
  'start-result': never('No start was ordered.'),
  'start-deadline-passed': late,
  'plug-in-window-passed': late,
  'session-not-found': late,
} as const

/** Nothing about the session changes the money any more; what goes on unpaid is stopped. */
export const billed = {
  ...holdDecided,
  ...startDecided,
  ...nothingTaken,
  tapped: again,
  'session-reported': sessionAfterBill,
  'session-poll-due': pollAfterBill,
  'stop-requested': late,
  'stop-answered': stopAnsweredAfterBill,
  'cdr-deadline-passed': late,
  'hold-check-due': late,
  'operator-decided': undecidable,
} as const
