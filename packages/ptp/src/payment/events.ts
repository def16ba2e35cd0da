/** What can happen to a payment, and what it can order. */
import type { Money } from '@plugtill/psp/psp'
import type { CdrCheck, CdrSeen, Credit, Payment, SessionSeen, StopReason } from './payment.ts'

/** What an operator may decide about a payment that is stuck, or captured wrongly. */
export const DECISIONS = ['retry', 'void', 'capture-session', 'accept-cdr', 'refund'] as const
export type Decision = (typeof DECISIONS)[number]

/** Every event carries when it happened (our clock, I17) and the ids it brings into the world. */
interface At {
  readonly at: number
}

export type PaymentEvent =
  | ({ readonly type: 'tapped' } & At)
  | ({
      readonly type: 'authorized'
      readonly held: Money
      readonly pspReference: string
      readonly captureBefore: number
      readonly eftData: readonly string[]
      /** The card, where only the provider has seen it. */
      readonly card?: Payment['card']
    } & At)
  | ({
      readonly type: 'authorization-declined'
      readonly outcome: 'declined' | 'pin-needed' | 'psp-unavailable'
      readonly reason: string
      /** For the receipt of the refusal, where the provider has answered one. */
      readonly eftData?: readonly string[]
      readonly card?: Payment['card']
    } & At)
  | ({ readonly type: 'authorization-lost'; readonly reason: string } & At)
  | ({
      readonly type: 'start-answered'
      readonly accepted: boolean
      readonly timeoutMs: number
      readonly message?: string
    } & At)
  | ({ readonly type: 'start-unanswered'; readonly reason: string } & At)
  | ({
      readonly type: 'start-result'
      readonly accepted: boolean
      readonly result: string
      readonly message?: string
    } & At)
  | ({ readonly type: 'start-deadline-passed' } & At)
  | ({ readonly type: 'plug-in-window-passed'; readonly stopCommandId: string } & At)
  | ({
      readonly type: 'session-reported'
      readonly session: SessionSeen
      /** Found by the last look: how it stands now, while a word that was sent may have waited for us. */
      readonly lastLook?: true
      readonly stopCommandId: string
    } & At)
  | ({ readonly type: 'session-not-found'; readonly stopCommandId: string } & At)
  | ({ readonly type: 'hold-check-due'; readonly stopCommandId: string } & At)
  | ({ readonly type: 'session-poll-due'; readonly stopCommandId: string } & At)
  | ({ readonly type: 'stop-requested'; readonly by: StopReason; readonly stopCommandId: string } & At)
  | ({
      readonly type: 'stop-answered'
      readonly outcome: 'accepted' | 'refused' | 'unknown-session' | 'unanswered'
      readonly stopCommandId: string
    } & At)
  | ({
      readonly type: 'cdr-received'
      readonly cdr: CdrSeen
      readonly adviceId: string
      readonly check?: CdrCheck
      /** Its credit CDR had come before it. (F52) */
      readonly credit?: Omit<Credit, 'at'>
    } & At)
  | ({ readonly type: 'credit-received'; readonly credit: Omit<Credit, 'at'>; readonly of: string } & At)
  | ({ readonly type: 'credit-due'; readonly refundId: string; readonly adviceId: string } & At)
  | ({ readonly type: 'cdr-deadline-passed' } & At)
  | ({ readonly type: 'dispute-deadline-passed' } & At)
  | ({ readonly type: 'hold-raised'; readonly n: number; readonly held: Money; readonly captureBefore: number } & At)
  | ({
      readonly type: 'raise-refused'
      readonly n: number
      readonly reason: string
      readonly stopCommandId: string
    } & At)
  | ({ readonly type: 'raise-lost'; readonly n: number; readonly reason: string; readonly stopCommandId: string } & At)
  | ({
      readonly type: 'captured'
      readonly amount: Money
      /** All that was held, where the provider's record was read: our books may have lost a raise. (F75) */
      readonly held?: Money
      /** All that it has paid back so far, where its record was read. */
      readonly paidBack?: Money
      readonly eftData: readonly string[]
      readonly adviceId: string
    } & At)
  | ({ readonly type: 'capture-refused'; readonly reason: string; readonly adviceId: string } & At)
  /** `sent`: what the provider was asked for, where it was asked and nobody knows what came of it. */
  | ({ readonly type: 'capture-lost'; readonly reason: string; readonly sent?: Money } & At)
  /** Accepted by the provider and taken back later. (F66) */
  | ({ readonly type: 'capture-reversed'; readonly reason: string; readonly adviceId: string } & At)
  /** The provider took more than was ordered: all that it has taken, and all that it has paid back, by its record. (F64, F75) */
  | ({
      readonly type: 'overcaptured'
      readonly captured: Money
      readonly paidBack: Money
      readonly refundId: string
      readonly adviceId: string
    } & At)
  /** The provider's record shows a capture that is not in our books: a database was put back. (F75) */
  | ({
      readonly type: 'capture-found'
      readonly captured: Money
      /** All that was held, and all that was paid back so far. */
      readonly held?: Money
      readonly paidBack?: Money
      readonly pspReference: string
      readonly captureBefore: number
      readonly eftData: readonly string[]
      readonly adviceId: string
    } & At)
  | ({ readonly type: 'refunded'; readonly refundId: string } & At)
  /** The provider's record shows more paid back than our books: all that it has paid back. (F75) */
  | ({ readonly type: 'refund-found'; readonly paidBack: Money; readonly adviceId: string } & At)
  /** `adviceId`: it had been done, and the provider has taken it back since. */
  | ({
      readonly type: 'refund-refused'
      readonly refundId: string
      readonly reason: string
      readonly adviceId?: string
    } & At)
  | ({ readonly type: 'voided'; readonly adviceId: string; readonly expired?: boolean } & At)
  | ({ readonly type: 'void-lost'; readonly reason: string } & At)
  /** After a lost void: the provider's record says that the hold still stands. */
  | ({ readonly type: 'hold-found'; readonly stopCommandId: string; readonly adviceId: string } & At)
  | ({ readonly type: 'void-given-up'; readonly reason: string } & At)
  | ({
      readonly type: 'operator-decided'
      readonly decision: Decision
      readonly by: string
      readonly reason: string
      readonly amount?: Money
      /** Whoever decides gives it, so that a decision whose answer was lost can be sent again. */
      readonly decisionId?: string
      readonly refundId: string
      readonly adviceId: string
    } & At)
  | ({ readonly type: 'advice-delivered'; readonly adviceId: string } & At)

export type PaymentOrder =
  | { readonly do: 'authorize' }
  | { readonly do: 'query-authorization' }
  | { readonly do: 'start-session' }
  /** Look for a Session with our reference; `last` ends the search: nothing found means no session. */
  | { readonly do: 'find-session'; readonly last: boolean }
  | { readonly do: 'stop-session'; readonly commandId: string; readonly sessionId: string; readonly notBefore?: number }
  | { readonly do: 'capture'; readonly amount: Money }
  | { readonly do: 'query-capture'; readonly amount: Money }
  | { readonly do: 'void'; readonly why: string }
  | { readonly do: 'query-void'; readonly notBefore: number }
  | { readonly do: 'raise-hold'; readonly n: number; readonly to: Money }
  | { readonly do: 'query-raise'; readonly n: number; readonly to: Money }
  | { readonly do: 'refund'; readonly refundId: string }
  /** `overdue`: an operator is told that it should be there. */
  | { readonly do: 'pull-cdr'; readonly overdue?: true }
  | { readonly do: 'alarm'; readonly code: Alarm; readonly message: string }
  | { readonly do: 'advise'; readonly adviceId: string }
  | { readonly do: 'remind'; readonly of: Reminder; readonly at: number }

export type Reminder =
  | 'start-deadline-passed'
  | 'plug-in-window-passed'
  | 'session-poll-due'
  | 'cdr-deadline-passed'
  | 'dispute-deadline-passed'
  | 'credit-due'
  /** Is the hold near its end; or, after a decline that rests on silence, has one appeared late? */
  | 'hold-check-due'

/** Faults that a decision itself brings up. (docs/reference/errors.md) */
export type Alarm =
  | 'CDR_DISPUTED'
  | 'CDR_SECOND'
  | 'CDR_UNDER'
  | 'CDR_CREDIT'
  | 'SESSION_UNPAID'
  | 'SESSION_ELSEWHERE'
  | 'SESSION_NOT_STOPPED'
  | 'HOLD_EXPIRED'
  | 'CAPTURED_TWICE'
  | 'CAPTURE_REVERSED'
  | 'CAPTURE_FOUND'
  | 'CAPTURE_REFUSED'
  | 'REFUND_REFUSED'
