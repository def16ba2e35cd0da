/** One card payment for one charging session: what is kept, what can happen to it, what it can order. */
import type { Entity } from '@plugtill/engine/machine'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Money } from '@plugtill/psp/psp'
import type { Outcome } from '@plugtill/terminal/link'

export type PaymentState =
  | 'authorizing'
  | 'authorization-unknown'
  | 'declined'
  | 'starting'
  | 'start-unknown'
  | 'awaiting-session'
  | 'charging'
  | 'stopping'
  | 'awaiting-cdr'
  | 'capturing'
  | 'capture-unknown'
  | 'captured'
  | 'voiding'
  | 'voided'
  | 'stuck'

/** States in which nothing moves by itself any more. `stuck`: an operator must look. */
export const FINAL_STATES = ['captured', 'voided', 'declined', 'stuck'] as const satisfies readonly PaymentState[]

/** Waits of one payment, frozen at the tap so that a changed setting never moves a running payment. */
export interface Timers {
  readonly startGraceMs: number
  readonly plugInWindowMs: number
  readonly sessionPollMs: number
  readonly cdrDeadlineMs: number
}

/** The CPO's Session as far as this payment needs it. */
export interface SessionSeen {
  readonly id: string
  readonly status: 'PENDING' | 'ACTIVE' | 'COMPLETED' | 'INVALID' | 'RESERVATION'
  readonly kwh: number
  /** Gross cost so far: the CPO's figure or our own from the frozen tariff, whichever is higher. */
  readonly cost?: Money
  /** Going on until the next word may cost more than the hold, by the forecast under the frozen tariff. (E-25) */
  readonly nearHold?: true
  readonly startedAt?: string
  readonly endedAt?: string
  readonly lastUpdated: string
}

/** The one CDR that decides what is captured. */
export interface CdrSeen {
  readonly id: string
  readonly hash: string
  readonly due: Money
  readonly invoiceReferenceId?: string
}

export interface Advice {
  readonly id: string
  readonly status: 'SUCCESS' | 'PARTIAL_SUCCESS' | 'FAILED'
  readonly amount: Money
  readonly message?: string
  readonly at: number
  readonly deliveredAt?: number
}

/** `id` is the authorization_reference: a lower-case UUID, the join key of the whole flow. (E-20) */
export interface Payment extends Entity {
  readonly id: string
  readonly state: PaymentState
  readonly createdAt: number
  readonly tapId: string
  readonly peerId: string
  readonly terminalId: string
  readonly locationId: string
  readonly evseUid: string
  readonly connectorId: string
  readonly timeZone: string
  /** What the connector gives at most, for the forecast. */
  readonly maxPowerKw?: number
  readonly tokenUid: string
  readonly language: string
  readonly cardToken: string
  readonly card: { readonly fingerprint: string; readonly brand: string; readonly masked: string }
  /** The tariff the driver accepted, kept for the whole session. (E-23, G-21) */
  readonly tariff: Tariff
  readonly asked: Money
  /** Less than this is not worth a start: the hold is voided. */
  readonly minimumHold: Money
  readonly timers: Timers
  readonly startCommandId: string
  /** The hold was given back once: the EVSE may be another driver's by now, and is never claimed again. */
  readonly leftEvse?: boolean
  readonly held?: Money
  readonly pspReference?: string
  readonly captureBefore?: number
  /** The hold is near its end: charging has been stopped, the next check gives it back. (F36) */
  readonly holdEnding?: boolean
  readonly eftData?: readonly string[]
  readonly plugInWindowPassed?: boolean
  /** The chain of session polls has begun. */
  readonly polling?: boolean
  readonly session?: SessionSeen
  /** `tries` 0: wanted, but not ordered before a last look has told what there is to stop. */
  readonly stop?: { readonly by: StopReason; readonly commandId: string; readonly tries: number; readonly at?: number }
  readonly cdr?: CdrSeen
  readonly cdrChases?: number
  readonly captured?: Money
  readonly advice?: Advice
  /** Why it went another way than planned: a word the terminal can translate, and a sentence for the operator. */
  readonly outcome?: Outcome
  readonly reason?: string
}

export type StopReason = 'driver' | 'limit' | 'operator' | 'policy'

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
      readonly outcome: 'declined' | 'psp-unavailable'
      readonly reason: string
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
  | ({ readonly type: 'session-reported'; readonly session: SessionSeen; readonly stopCommandId: string } & At)
  | ({ readonly type: 'session-not-found'; readonly stopCommandId: string } & At)
  | ({ readonly type: 'hold-check-due'; readonly stopCommandId: string } & At)
  | ({ readonly type: 'session-poll-due'; readonly stopCommandId: string } & At)
  | ({ readonly type: 'stop-requested'; readonly by: StopReason; readonly stopCommandId: string } & At)
  | ({
      readonly type: 'stop-answered'
      readonly outcome: 'accepted' | 'refused' | 'unknown-session' | 'unanswered'
      readonly stopCommandId: string
    } & At)
  | ({ readonly type: 'cdr-received'; readonly cdr: CdrSeen; readonly adviceId: string } & At)
  | ({ readonly type: 'cdr-deadline-passed' } & At)
  | ({
      readonly type: 'captured'
      readonly amount: Money
      readonly eftData: readonly string[]
      readonly adviceId: string
    } & At)
  | ({ readonly type: 'capture-refused'; readonly reason: string; readonly adviceId: string } & At)
  | ({ readonly type: 'capture-lost'; readonly reason: string } & At)
  | ({ readonly type: 'voided'; readonly adviceId: string } & At)
  | ({ readonly type: 'void-given-up'; readonly reason: string } & At)
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
  | { readonly do: 'pull-cdr' }
  | { readonly do: 'advise'; readonly adviceId: string }
  | { readonly do: 'remind'; readonly of: Reminder; readonly at: number }

export type Reminder =
  | 'start-deadline-passed'
  | 'plug-in-window-passed'
  | 'session-poll-due'
  | 'cdr-deadline-passed'
  /** Is the hold near its end; or, after a decline that rests on silence, has one appeared late? */
  | 'hold-check-due'
