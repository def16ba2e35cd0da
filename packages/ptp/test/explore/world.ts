/**
 * Everything that counts for one payment, as plain data: our side, the provider's books, the CPO, what is on its way.
 * A step copies the outer parts and changes its copy; the values inside are never changed.
 */
import { hash } from 'node:crypto'
import type { Decision } from '@plugtill/engine/machine'
import type { PaymentEvent, PaymentOrder } from '../../src/payment/events.ts'
import type { CdrCheck, CdrSeen, Credit, Payment, SessionSeen } from '../../src/payment/payment.ts'
import type { paymentMachine } from '../../src/payment/states.ts'
import type { Terms } from '../../src/payment/terms.ts'
import { paymentIn, T0 } from '../samples.ts'

/** An order that waits, or whose answer is on its way back. */
export interface Waiting {
  readonly order: PaymentOrder
  readonly lane: string
  readonly dueAt: number
  readonly attempts: number
  /** It ran; what it learned is not committed yet. */
  readonly answer?: { readonly event?: PaymentEvent }
}

/** The provider's own truth. */
export interface Bank {
  state: 'none' | 'authorized' | 'declined' | 'capture-pending' | 'capture-failed' | 'captured' | 'voided' | 'expired'
  currency: string
  authorized: number
  captureBefore: number
  captured: number
  captures: number
  refunded: number
  /** It took more than it was told to. (F64) */
  byItself?: true
  /** Keys that it has obeyed. */
  done: readonly string[]
  /** Taken and not decided yet: nobody can see what it will come to. */
  pending?: {
    readonly op: 'authorize' | 'capture' | 'void' | 'increment'
    readonly key: string
    readonly minor: number
  }
}

export interface Bill {
  readonly cdr: CdrSeen
  readonly check?: CdrCheck
}

/** The CPO, its charger and the car. */
export interface Cpo {
  start: 'none' | 'taken' | 'running' | 'over'
  session?: SessionSeen
  stopAsked: boolean
  version: number
  bills: readonly Bill[]
  credit?: Omit<Credit, 'at'> & { readonly of: string }
  /** Bodies of the advices that arrived, by id. */
  advices: Readonly<Record<string, string>>
}

export type Message =
  | { readonly kind: 'result'; readonly result: string }
  | { readonly kind: 'stop-failed' }
  | { readonly kind: 'session'; readonly session: SessionSeen }
  | { readonly kind: 'cdr'; readonly bill: Bill }
  | { readonly kind: 'credit' }

/** What may still go wrong: an exploration ends because these run out. */
export interface Left {
  readonly faults: number
  readonly copies: number
  readonly crashes: number
  readonly acts: number
}

export type BillKind = 'plain' | 'above' | 'over' | 'under' | 'unverified' | 'foreign' | 'tiny' | 'negative'

/** A part of the whole: what may happen in it, and how often something may go wrong. */
export interface Setting {
  readonly name: string
  readonly left: Left
  /** Another table than the real one: to see that a mistake is found. */
  readonly machine?: typeof paymentMachine
  readonly terms?: Partial<Terms>
  readonly payment?: Partial<Payment>
  readonly bills: readonly BillKind[]
  /** Energies that the session comes to, as steps of `LEVELS`. */
  readonly levels: readonly number[]
  readonly credits?: boolean
  /** A second bill comes without a word about the first. (F46) */
  readonly twoBills?: boolean
  /** Approvals: the whole, enough, too little, in another currency. */
  readonly approvals?: readonly number[]
  readonly elsewhere?: readonly ('same-tariff' | 'other-tariff')[]
  /** The charger may say no, the session may be invalid, the provider may refuse: no fault, but often not wanted. */
  readonly refusals?: boolean
  /** Answers that the provider gives later. */
  readonly later?: boolean
  /** So many messages of the CPO may overtake each other. */
  readonly onTheWay?: number
  /** What is on its way arrives before time goes on. */
  readonly prompt?: boolean
}

export interface World {
  setting: Setting
  now: number
  payment: Payment
  orders: readonly Waiting[]
  bank: Bank
  cpo: Cpo
  wire: readonly Message[]
  /** Stored advices by id, ids of CDRs and credits that were applied, codes of alarms. */
  written: Readonly<Record<string, string>>
  inbox: readonly string[]
  alarms: readonly string[]
  left: Left
  ids: number
  /** Told of every decision. */
  heard?: (decided: Decided) => void
}

export interface Decided {
  readonly before: Payment
  readonly event: PaymentEvent
  readonly decision: Decision<Payment, PaymentOrder>
}

export const HOUR_MS = 3_600_000
/** Two faults and a few hours decide everything that days would: fewer moments are the same states. */
const SHORT: Partial<Payment> = {
  timers: { startGraceMs: 30_000, plugInWindowMs: 300_000, sessionPollMs: 2 * HOUR_MS, cdrDeadlineMs: HOUR_MS },
}
export const HOLD_MS = 8 * HOUR_MS
const TERMS: Terms = {
  overHold: 'partial',
  noCdr: 'void',
  cdrCheck: 'quarantine',
  refunds: 'automatic',
  cdrChaseForMs: 2 * HOUR_MS,
  cdrAlarmsMs: [HOUR_MS],
  decideWithinMs: 20 * 3_600_000,
  minCaptureMinor: 50,
}

export const copyOf = (world: World): World => ({ ...world, bank: { ...world.bank }, cpo: { ...world.cpo } })

export function beginning(setting: Setting): World {
  const terms = { ...TERMS, ...setting.terms }
  return {
    setting,
    now: T0,
    payment: paymentIn('authorizing', { ...SHORT, terms, ...setting.payment }),
    orders: [],
    bank: {
      state: 'none',
      currency: 'EUR',
      authorized: 0,
      captureBefore: 0,
      captured: 0,
      captures: 0,
      refunded: 0,
      done: [],
    },
    cpo: { start: 'none', stopAsked: false, version: 0, bills: [], advices: {} },
    wire: [],
    written: {},
    inbox: [],
    alarms: [],
    left: setting.left,
    ids: 0,
  }
}

/** After so long nobody asks any more how long ago it was. */
const LONG_AGO_MS = 61_000

/** What never changes, and texts for people: no cell tells payments apart by them. */
function told(payment: Payment) {
  const { tariff, timers, terms, card, cardToken, eftData, timeZone, language, reason, advice, refunds, ...rest } =
    payment
  const { message, ...said } = advice ?? {}
  return [rest, said, refunds?.map(({ reason: _, askedAt: __, ...one }) => one)]
}

/** Two worlds of one key go on in the same way. Ids are counted anew in order of their appearance; past moments by age. */
export function keyOf(world: World): string {
  const { now, payment, orders, bank, cpo, wire, written, inbox, alarms, left } = world
  const { advices, ...others } = cpo
  const ours = [told(payment), orders, Object.keys(written), inbox, alarms, left]
  const text = JSON.stringify([...ours, bank, others, Object.keys(advices), wire])
  // A bill that was taken back is replaced within an hour.
  const oldest = payment.credit ? HOUR_MS + 1 : LONG_AGO_MS
  const names = new Map<string, string>()
  const renamed = text.replaceAll(/#\d+|\b189\d{10}\b/g, (found) => {
    if (!found.startsWith('#')) return String(Math.max(-oldest, Number(found) - now))
    const known = names.get(found) ?? `#${names.size}`
    names.set(found, known)
    return known
  })
  return hash('sha1', renamed, 'base64').slice(0, 14)
}
