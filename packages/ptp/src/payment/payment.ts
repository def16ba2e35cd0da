/** One card payment for one charging session: what is kept, what can happen to it, what it can order. */
import type { Entity } from '@plugtill/engine/machine'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { PartyId } from '@plugtill/ocpi/peers'
import type { Cut } from '@plugtill/pricing/heard'
import type { CardFace, Money } from '@plugtill/psp/psp'
import type { SlipParty } from '@plugtill/receipt/slip'
import type { Outcome, Verified } from '@plugtill/terminal/link'
import type { Decision } from './events.ts'
import type { Terms } from './terms.ts'

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
  | 'void-unknown'
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

/** How fast energy flows and money is spent. */
export interface Pace {
  readonly powerKw: number
  /** Minor units per hour. */
  readonly costPerHourMinor: number
}

/** The CPO's Session as far as this payment needs it. */
export interface SessionSeen {
  readonly id: string
  readonly status: 'PENDING' | 'ACTIVE' | 'COMPLETED' | 'INVALID' | 'RESERVATION'
  readonly kwh: number
  /** Gross cost so far: the CPO's figure or our own from the frozen tariff, whichever is higher. */
  readonly cost?: Money
  /** The lower of both, only when we could price it ourselves: what may be taken without a CDR. (F57) */
  readonly verified?: Money
  /** It runs at another connector than was paid for; whether that one has the same tariff. (F21) */
  readonly elsewhere?: 'same-tariff' | 'other-tariff'
  /** Between the last two words of the CPO; absent until there are two. */
  readonly pace?: Pace
  /** Going on until the next word may cost more than the hold, by the forecast under the frozen tariff. (E-25) */
  readonly nearHold?: true
  /** By the same forecast it costs nothing more until the next word, or never more than the hold, however long it goes on. */
  readonly withinHold?: true
  /** Where the price has changed, as far as its charging periods show it, or without them its words. (F26) */
  readonly cuts?: readonly Cut[]
  readonly startedAt?: string
  readonly endedAt?: string
  readonly lastUpdated: string
}

/** The one CDR that decides what is captured. */
export interface CdrSeen {
  readonly id: string
  /** Whose CDR; absent: an older program took it. */
  readonly party?: PartyId
  readonly hash: string
  readonly due: Money
  /** When its session ended; absent: an older program took it. */
  readonly endedAt?: string
  readonly invoiceReferenceId?: string
}

/** What our own calculation says about a CDR. (F55, T24) */
export type CdrCheck = {
  /** What the frozen tariff gives for what the CDR tells. */
  readonly expected?: Money
} & ({ readonly verdict: 'agrees' } | Doubt)

/** `reason` is a sentence for the operator. */
export interface Doubt {
  readonly verdict: 'over' | 'under' | 'unverified'
  readonly reason: string
}

/** A CDR that waits for an operator, or for the deadline. */
export interface Dispute {
  readonly reason: string
  readonly expected?: Money
  readonly at: number
}

/** The one CDR of this payment was taken back; a replacement may come until the wait is over. (D-F17, F51, F52) */
export interface Credit {
  readonly id: string
  readonly amount: Money
  readonly at: number
}

/** A CDR that cannot move its money yet, with what is to say against it. `credit`: it was taken back while it waited. */
export interface BillWaiting {
  readonly cdr: CdrSeen
  readonly check?: CdrCheck
  readonly credit?: Omit<Credit, 'at'>
}

/** `why` names the credit CDR, the operator's reason or the double capture. */
export interface Refunded {
  readonly id: string
  readonly amount: Money
  readonly why: string
  /** The credit that it pays back; null: none, absent: an older program knew it by `why` only. (F77) */
  readonly creditId?: string | null
  readonly status: 'asked' | 'done' | 'refused'
  /** Of the advice that follows it; absent when the amount told to the CPO stays as it was. */
  readonly adviceId?: string
  /** Our clock: when it was ordered. The advice bears this date, so that it is the same however often it is learned. (I8, F75) */
  readonly askedAt?: number
  readonly reason?: string
}

/** What an operator has decided, under the id that came with it. */
export interface Decided {
  readonly id: string
  readonly decision: Decision
  readonly reason: string
  readonly amount?: Money
}

/** What decides the amount when it is not the CDR as it stands: a named policy or an operator. (I10) */
export interface Basis {
  readonly by: 'session' | 'tariff' | 'operator'
  readonly due: Money
}

/** A larger hold that was asked for; the old one is the limit until it is granted. (F33, F34) */
export interface Raise {
  readonly n: number
  readonly to: Money
  readonly status: 'asked' | 'granted' | 'refused' | 'unknown'
}

export interface Advice {
  readonly id: string
  readonly status: 'SUCCESS' | 'PARTIAL_SUCCESS' | 'FAILED'
  readonly amount: Money
  readonly message?: string
  readonly at: number
  readonly deliveredAt?: number
}

/** The order to the CPO to end the session. */
export interface StopOrdered {
  readonly by: StopReason
  readonly commandId: string
  /** Orders given. 0: wanted, but not ordered before a last look has told what there is to stop. */
  readonly tries: number
  /** Of `tries`, those that nobody has answered. (F29, F31) */
  readonly unheard?: number
  readonly at?: number
}

/** `id` is the authorization_reference: a lower-case UUID, the join key of the whole flow. (E-20) */
export interface Payment extends Entity {
  readonly id: string
  readonly state: PaymentState
  readonly createdAt: number
  readonly tapId: string
  readonly peerId: string
  readonly terminalId: string
  /** The CPO's party that location and EVSE belong to; absent: an older program began it. */
  readonly party?: PartyId
  readonly locationId: string
  readonly evseUid: string
  readonly connectorId: string
  readonly timeZone: string
  /** As the CPO named it at the tap: its receipt never says another one. Absent: an older program began it. (F77) */
  readonly seller?: Pick<SlipParty, 'name' | 'lines'>
  /** What the connector gives at most, for the forecast. */
  readonly maxPowerKw?: number
  readonly tokenUid: string
  readonly language: string
  readonly cardToken: string
  /** The terminal's word that the card was in its holder's hand. */
  readonly verified?: Verified
  readonly card: CardFace
  /** Which payment it is of the card as it was read at the tap, from 1; absent for a card that is nobody's own. (T42) */
  readonly cardTap?: { readonly fingerprint: string; readonly nth: number }
  /** The tariff the driver accepted, kept for the whole session. (E-23, G-21) */
  readonly tariff: Tariff
  readonly asked: Money
  /** Less than this is not worth a start: the hold is voided. */
  readonly minimumHold: Money
  readonly timers: Timers
  readonly startCommandId: string
  readonly terms?: Terms
  /** The hold was given back once: the EVSE may be another driver's by now, and is never claimed again. */
  readonly leftEvse?: boolean
  readonly held?: Money
  readonly pspReference?: string
  readonly captureBefore?: number
  /** 24 h after the session ended or failed: until then the money is captured or given back. (schemes' rule, F57) */
  readonly releaseBy?: number
  readonly raise?: Raise
  /** The hold is near its end: charging has been stopped, the next check gives it back. (F36) */
  readonly holdEnding?: boolean
  /** The check was due while the hold was being given back: it is made up for when it is kept after all. (F36, F79) */
  readonly holdCheckMissed?: boolean
  readonly eftData?: readonly string[]
  readonly plugInWindowPassed?: boolean
  /** The chain of session polls has begun. */
  readonly polling?: boolean
  /** Our clock: the next poll, where one was ordered sooner than usual; those before it are none. (F26) */
  readonly pollAt?: number
  readonly session?: SessionSeen
  /** Our clock, when the Session said something new for the last time. (F26) */
  readonly sessionSeenAt?: number
  readonly stop?: StopOrdered
  readonly cdr?: CdrSeen
  readonly cdrChases?: number
  readonly dispute?: Dispute
  readonly credit?: Credit
  readonly basis?: Basis
  /** Our clock: since when the capture is ordered. (F63) */
  readonly captureOrderedAt?: number
  /** An operator had it tried again under a new key: how often in all. (F65) */
  readonly captureRound?: number
  /** Asked under the key of this round, with an outcome that nobody knows: under that key nothing else may be asked. (F62) */
  readonly captureSent?: Money
  /** The provider has said no to the last one: the hold stands, and nothing was taken. (F65) */
  readonly captureRefused?: true
  readonly voidRound?: number
  /** Answers of a void that were lost in a row. (F79) */
  readonly voidsLost?: number
  /** The hold ran out before anybody gave it back. (I4) */
  readonly expired?: boolean
  readonly captured?: Money
  /** The capture was found in the provider's books and is in none of ours: its bill may still come. (F75) */
  readonly found?: true
  readonly refunds?: readonly Refunded[]
  readonly decided?: readonly Decided[]
  /** The CDR came while nobody knew whether the hold stands; what our check says of it is not forgotten. */
  readonly meanwhile?: { readonly check?: CdrCheck }
  /** Has its turn when the CDR that counts is taken back, or the capture without one is over. (F39, F46, F51) */
  readonly replacement?: BillWaiting
  /** Came after that one, in this order. */
  readonly furtherBills?: readonly BillWaiting[]
  readonly advice?: Advice
  /** Advices that a later one has replaced; they are still delivered. (I8) */
  readonly earlierAdvices?: readonly Advice[]
  /** Why it went another way than planned: a word the terminal can translate, and a sentence for the operator. */
  readonly outcome?: Outcome
  readonly reason?: string
}

export type StopReason = 'driver' | 'limit' | 'operator' | 'policy'
