/**
 * The payment's state table. A verdict stands for every state x event pair; the surprising ones are explained
 * where they are decided (cells-*.ts). Messages may come in any order and more than once. (I12)
 */
import type { Machine } from '@plugtill/engine/machine'
import {
  cdrAfterCapture,
  cdrReceived,
  cdrWhileCapturing,
  cdrWhileStuck,
  cdrWhileVoiding,
  cdrWhileVoidUnknown,
  cdrWithoutHold,
  chaseCdr,
  creditDueStuck,
  creditOrReplacementDue,
  undecided,
} from './cells-cdr.ts'
import {
  checkedIfKept,
  declined,
  declinedBySilence,
  holdCheck,
  holdCheckMissed,
  holdStillThere,
  lookAtRest,
} from './cells-hold.ts'
import {
  adviceDelivered,
  captureDone,
  captureFound,
  captureLost,
  captureNeverKnown,
  captureRefused,
  captureReversed,
  overcaptured,
} from './cells-money.ts'
import { decideCaptured, decideStuck, once } from './cells-operator.ts'
import {
  creditDueLater,
  creditOfDisputed,
  creditReceived,
  refundDone,
  refundFound,
  refundRefused,
} from './cells-refund.ts'
import { sessionReported, sessionWhileStuck, sessionWhileVoiding, stopUnpaid } from './cells-session.ts'
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
import {
  pollAndStopAgain,
  pollCharging,
  pollSession,
  pollUnknown,
  pollUnpaid,
  pollUntilBill,
  pollWhileStuck,
  stopAnswered,
  stopCharging,
  stopOnceMore,
  stopUnpaidAgain,
} from './cells-stop.ts'
import {
  creditWhileVoidUnknown,
  holdStands,
  sessionWhileVoidUnknown,
  voidDone,
  voidedBeforeCapture,
  voidGivenUp,
  voidKnown,
  voidLost,
} from './cells-void.ts'
import type { PaymentEvent, PaymentOrder } from './events.ts'
import { FINAL_STATES, type Payment } from './payment.ts'
import {
  again,
  billed,
  holdDecided,
  late,
  noCaptureYet,
  noRaise,
  noStart,
  nothingHeld,
  nothingTaken,
  noVoidYet,
  type PaymentRow,
  raiseAnswered,
  raiseTooLate,
  startDecided,
  undecidable,
} from './rows.ts'
import { known, never, release } from './verdicts.ts'

const authorizing: PaymentRow = {
  ...nothingHeld,
  ...noStart,
  ...noCaptureYet,
  ...nothingTaken,
  ...noVoidYet,
  ...noRaise,
  'operator-decided': undecidable,
  tapped: () => ({ to: 'authorizing', effects: [{ do: 'authorize' }] }),
  authorized: holdApproved,
  'authorization-declined': declined,
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
  ...nothingTaken,
  ...noVoidYet,
  // By its own books: nobody here has asked for it.
  voided: voidKnown,
  ...noRaise,
  'operator-decided': undecidable,
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
  ...nothingTaken,
  ...raiseAnswered,
  'capture-found': captureFound,
  tapped: again,
  'operator-decided': undecidable,
  // A late "start failed" while energy flows: startDecided ignores it, the Session is the proof.
  'session-reported': sessionReported,
  'session-poll-due': pollCharging,
  'stop-requested': stopCharging,
  'stop-answered': late,
  'cdr-received': cdrReceived,
  'cdr-deadline-passed': late,
  'hold-check-due': holdCheck,
  voided: voidKnown,
  // The session won before the void was done; the hold is still there, as far as anybody knows.
  'void-given-up': late,
  'void-lost': (payment, event) => ({
    to: payment.state,
    effects: [{ do: 'query-void', notBefore: event.at }],
  }),
  'hold-found': known('the hold is still there'),
  'advice-delivered': adviceDelivered,
}

const capturing: PaymentRow = {
  ...billed,
  ...raiseAnswered,
  'cdr-received': cdrWhileCapturing,
  'credit-received': creditReceived,
  'credit-due': creditDueLater,
  captured: captureDone,
  'capture-refused': captureRefused,
  'capture-lost': captureLost,
  'capture-found': captureFound,
  voided: voidedBeforeCapture,
  // What became of the void that the CDR overtook is told by the capture.
  'void-lost': late,
  'hold-found': late,
  'void-given-up': late,
  'advice-delivered': adviceDelivered,
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
      'capture-found': captureFound,
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
      'capture-found': captureFound,
      'hold-check-due': () => ({ to: 'declined', effects: [{ do: 'query-authorization' }] }),
      authorized: (payment, { at, held, pspReference, captureBefore }) =>
        release(
          payment,
          { at },
          {
            outcome: 'declined',
            why: 'Approved after the decline was told.',
            set: { held, pspReference, captureBefore },
          },
        ),
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
      'stop-requested': stopOnceMore,
      'stop-answered': stopAnswered,
    },
    'awaiting-cdr': {
      ...charging,
      'session-poll-due': pollUntilBill,
      'stop-requested': late,
      'cdr-deadline-passed': chaseCdr,
    },
    capturing,
    'capture-unknown': {
      ...capturing,
      'capture-lost': captureNeverKnown,
      // Its own record says so: no capture can have happened.
    },
    captured: {
      ...capturing,
      ...raiseTooLate,
      captured: again,
      'capture-found': again,
      'capture-refused': never('Refused after it was captured.'),
      'capture-lost': late,
      'capture-reversed': captureReversed,
      overcaptured,
      'cdr-received': cdrAfterCapture,
      'credit-due': creditOrReplacementDue,
      refunded: refundDone,
      'refund-found': refundFound,
      'refund-refused': refundRefused,
      'operator-decided': once(decideCaptured),
      voided: never('Voided after it was captured.'),
    },
    voiding: {
      ...charging,
      'session-poll-due': pollSession,
      'session-reported': checkedIfKept(sessionWhileVoiding),
      'stop-requested': late,
      'stop-answered': stopUnpaidAgain,
      'hold-check-due': holdCheckMissed,
      'cdr-received': cdrWhileVoiding,
      'credit-received': known('nothing was captured'),
      voided: voidDone,
      'void-lost': voidLost,
      'hold-found': late,
      'void-given-up': voidGivenUp,
      'advice-delivered': adviceDelivered,
    },
    'void-unknown': {
      ...charging,
      'session-reported': sessionWhileVoidUnknown,
      'session-poll-due': pollUnknown,
      'stop-answered': stopUnpaidAgain,
      'stop-requested': late,
      'hold-check-due': holdCheckMissed,
      'cdr-received': cdrWhileVoidUnknown,
      'credit-received': creditWhileVoidUnknown,
      voided: voidKnown,
      'void-lost': again,
      'hold-found': checkedIfKept(holdStands),
      'void-given-up': voidGivenUp,
      'advice-delivered': adviceDelivered,
    },
    voided: {
      ...billed,
      ...noCaptureYet,
      ...raiseTooLate,
      'capture-found': captureFound,
      'session-reported': stopUnpaid,
      'session-poll-due': pollUnpaid,
      'stop-answered': stopUnpaidAgain,
      'cdr-received': cdrWithoutHold,
      'credit-received': known('nothing was captured'),
      voided: again,
      'void-lost': late,
      // The provider's books say otherwise: it is given back once more, under a new key. (F75, I4)
      'hold-found': (payment, event) =>
        release(payment, event, {
          outcome: payment.outcome ?? 'void-failed',
          why: payment.reason ?? 'The provider still held it.',
          set: { voidRound: (payment.voidRound ?? 1) + 1 },
        }),
      'void-given-up': late,
      'advice-delivered': adviceDelivered,
    },
    stuck: {
      ...billed,
      ...raiseAnswered,
      'session-reported': sessionWhileStuck,
      'session-poll-due': pollWhileStuck,
      'stop-answered': stopUnpaidAgain,
      'cdr-received': cdrWhileStuck,
      'credit-received': creditOfDisputed,
      'credit-due': creditDueStuck,
      'dispute-deadline-passed': undecided,
      'operator-decided': once(decideStuck),
      'hold-check-due': lookAtRest,
      captured: captureDone,
      'capture-found': captureFound,
      'capture-refused': again,
      'capture-lost': again,
      voided: voidKnown,
      'void-lost': again,
      'hold-found': holdStillThere,
      'void-given-up': again,
      'advice-delivered': adviceDelivered,
    },
  },
}
