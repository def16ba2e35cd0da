/**
 * The payment's state table. A verdict stands for every state x event pair; the surprising ones are explained
 * where they are decided (cells-start, cells-session, cells-money). Messages may come in any order and more than once. (I12)
 */
import type { Machine, Row } from '@plugtill/engine/machine'
import { declinedBySilence, holdCheck } from './cells-hold.ts'
import {
  adviceDelivered,
  captureDone,
  captureLost,
  captureNeverKnown,
  captureRefused,
  cdrReceived,
  cdrWhileVoiding,
  cdrWithoutHold,
  chaseCdr,
  voidDone,
  voidedBeforeCapture,
} from './cells-money.ts'
import {
  pollAndStopAgain,
  pollSession,
  sessionReported,
  sessionWhileVoiding,
  stopAnswered,
  stopCharging,
  stopUnpaid,
  stopUnpaidAgain,
  voidedWhileRunning,
} from './cells-session.ts'
import {
  giveUpWaiting,
  holdApproved,
  lookOnceMore,
  noSession,
  startAnswered,
  startResult,
  startUnanswered,
  windowPassed,
} from './cells-start.ts'
import { FINAL_STATES, type Payment, type PaymentEvent, type PaymentOrder } from './payment.ts'
import { known, never, type PaymentCell, release } from './verdicts.ts'

type PaymentRow = Row<Payment, PaymentEvent, PaymentOrder>

const again = known('already known')
const late = known('too late to matter')

/** Answers about the hold, once it is decided. */
const holdDecided = { authorized: again, 'authorization-declined': again, 'authorization-lost': late } as const

/** Words about the start, once a Session or the end of the search has decided it. (reliability 3.2: evidence order) */
const startDecided = {
  'start-answered': late,
  'start-unanswered': late,
  'start-result': late,
  'start-deadline-passed': late,
  'plug-in-window-passed': late,
  'session-not-found': late,
} as const

/** Before a CDR has decided an amount the provider has nothing to say about captures. */
const noCaptureYet = {
  captured: never('A capture that nobody ordered.'),
  'capture-refused': never('A capture answer that nobody ordered.'),
  'capture-lost': never('A capture answer that nobody ordered.'),
} as const

const noVoidYet = {
  voided: never('A void that nobody ordered.'),
  'void-given-up': never('A void that nobody ordered.'),
} as const
const nothingHeld = {
  'session-reported': never('A Session without a hold: no start was ordered.'),
  'cdr-received': never('A CDR without a hold: no start was ordered.'),
  'session-poll-due': late,
  'cdr-deadline-passed': late,
  'stop-answered': late,
  'hold-check-due': late,
} as const

const noStart = {
  'start-answered': never('No start was ordered.'),
  'start-unanswered': never('No start was ordered.'),
  'start-result': never('No start was ordered.'),
  'start-deadline-passed': late,
  'plug-in-window-passed': late,
  'session-not-found': late,
} as const

const authorizing: PaymentRow = {
  ...nothingHeld,
  ...noStart,
  ...noCaptureYet,
  ...noVoidYet,
  tapped: () => ({ to: 'authorizing', effects: [{ do: 'authorize' }] }),
  authorized: holdApproved,
  'authorization-declined': (_payment, event) => ({
    to: 'declined',
    set: { outcome: event.outcome, reason: event.reason },
  }),
  'authorization-lost': (_payment, event) => ({
    to: 'authorization-unknown',
    set: { reason: event.reason },
    effects: [{ do: 'query-authorization' }],
  }),
  'stop-requested': known('nothing has started'),
  'advice-delivered': again,
}

const starting: PaymentRow = {
  ...holdDecided,
  ...noCaptureYet,
  ...noVoidYet,
  tapped: again,
  'start-answered': startAnswered,
  'start-unanswered': startUnanswered,
  'start-result': startResult,
  'start-deadline-passed': lookOnceMore,
  'plug-in-window-passed': late,
  'session-reported': sessionReported,
  'session-not-found': noSession,
  'session-poll-due': pollSession,
  'stop-requested': known('the start is being decided'),
  'stop-answered': late,
  'cdr-received': cdrReceived,
  'cdr-deadline-passed': late,
  'hold-check-due': holdCheck,
  'advice-delivered': again,
}

const charging: PaymentRow = {
  ...holdDecided,
  ...startDecided,
  ...noCaptureYet,
  tapped: again,
  // A late "start failed" while energy flows: startDecided ignores it, the Session is the proof.
  'session-reported': sessionReported,
  'session-poll-due': pollSession,
  'stop-requested': stopCharging,
  'stop-answered': late,
  'cdr-received': cdrReceived,
  'cdr-deadline-passed': late,
  'hold-check-due': holdCheck,
  voided: voidedWhileRunning,
  // The session won before the void was done; the hold is still there.
  'void-given-up': late,
  'advice-delivered': again,
}

/** Nothing about the session changes the money any more. */
const billed = {
  ...holdDecided,
  ...startDecided,
  tapped: again,
  'session-reported': late,
  'session-poll-due': late,
  'stop-requested': late,
  'stop-answered': late,
  'cdr-deadline-passed': late,
  'hold-check-due': late,
} as const
const secondCdr: PaymentCell<'cdr-received'> = never(
  'A second CDR for a payment that has one: it is kept, no money moves. (F46)',
)

const capturing: PaymentRow = {
  ...billed,
  'cdr-received': secondCdr,
  captured: captureDone,
  'capture-refused': captureRefused,
  'capture-lost': captureLost,
  voided: voidedBeforeCapture,
  'void-given-up': late,
  'advice-delivered': again,
}

export const paymentMachine: Machine<Payment, PaymentEvent, PaymentOrder> = {
  name: 'payment',
  initial: 'authorizing',
  final: FINAL_STATES,
  states: {
    authorizing,
    'authorization-unknown': {
      ...authorizing,
      tapped: again,
      'authorization-declined': declinedBySilence,
      // The search for it was given up: money may be held, so it is not simply declined.
      'authorization-lost': (_payment, event) => ({
        to: 'stuck',
        set: { outcome: 'psp-unavailable', reason: event.reason },
      }),
    },
    declined: {
      ...authorizing,
      ...holdDecided,
      tapped: again,
      'hold-check-due': () => ({ to: 'declined', effects: [{ do: 'query-authorization' }] }),
      authorized: (_payment, { held, pspReference, captureBefore }) =>
        release('declined', 'Approved after the decline was told.', { held, pspReference, captureBefore }),
    },
    starting,
    'start-unknown': { ...starting, 'start-unanswered': again },
    'awaiting-session': {
      ...starting,
      'start-answered': late,
      'start-unanswered': late,
      // Accepted twice is known; "failed" after "accepted" with only a waiting session releases the hold.
      'start-result': (payment, event) =>
        event.accepted ? { ignore: 'already accepted' } : startResult(payment, event),
      'start-deadline-passed': late,
      'plug-in-window-passed': windowPassed,
      'session-not-found': (payment, event) =>
        payment.plugInWindowPassed ? noSession(payment, event) : { ignore: 'the car may still come' },
      'stop-requested': giveUpWaiting,
    },
    charging,
    stopping: {
      ...charging,
      'session-poll-due': pollAndStopAgain,
      'stop-requested': again,
      'stop-answered': stopAnswered,
    },
    'awaiting-cdr': {
      ...charging,
      'session-poll-due': late,
      'stop-requested': late,
      'cdr-deadline-passed': chaseCdr,
      voided: () => ({ to: 'voided' }),
    },
    capturing,
    'capture-unknown': {
      ...capturing,
      'capture-lost': captureNeverKnown,
      voided: never('Voided while a capture is under way.'),
    },
    captured: {
      ...capturing,
      captured: again,
      'capture-refused': never('Refused after it was captured.'),
      'capture-lost': late,
      voided: never('Voided after it was captured.'),
      'advice-delivered': adviceDelivered,
    },
    voiding: {
      ...charging,
      'session-reported': sessionWhileVoiding,
      'stop-requested': late,
      'stop-answered': stopUnpaidAgain,
      'hold-check-due': late,
      'cdr-received': cdrWhileVoiding,
      voided: voidDone,
      'void-given-up': (_payment, event) => ({
        to: 'stuck',
        set: { outcome: 'void-failed', reason: `The hold could not be released: ${event.reason}` },
      }),
    },
    voided: {
      ...billed,
      ...noCaptureYet,
      'session-reported': stopUnpaid,
      'stop-answered': stopUnpaidAgain,
      'cdr-received': cdrWithoutHold,
      voided: again,
      'void-given-up': late,
      'advice-delivered': adviceDelivered,
    },
    stuck: {
      ...billed,
      // A void that failed leaves the hold: what a CDR asks is taken from it.
      'cdr-received': (payment, event) => (payment.cdr ? secondCdr(payment, event) : cdrReceived(payment, event)),
      captured: captureDone,
      'capture-refused': again,
      'capture-lost': again,
      voided: () => ({ to: 'voided' }),
      'void-given-up': again,
      'advice-delivered': adviceDelivered,
    },
  },
}
