/** What each order of the payment's state table means in the world outside, and on which lane it waits. */
import type { Kind } from '@plugtill/engine/engine'
import { paymentKeys } from '../payment/desk.ts'
import type { Payment, PaymentEvent, PaymentOrder } from '../payment/payment.ts'
import { paymentMachine } from '../payment/states.ts'
import { type AdviseParts, advicesLane, advise } from './advise.ts'
import { type CommandParts, startSession, stopSession } from './commands.ts'
import { authorize, capture, type MoneyParts, queryAuthorization, queryCapture, voidHold } from './money.ts'
import { findSession, pullCdr, type SearchParts } from './search.ts'

export interface PaymentKindParts extends MoneyParts, CommandParts, AdviseParts, SearchParts {
  readonly adviceRetryMaxMs: number
  /** 0 <= x < 1. */
  readonly random: () => number
}

type PaymentKind = Kind<Payment, PaymentEvent, PaymentOrder>

/** A CPO that does not answer is asked again so often, then an operator looks. */
const PEER_ATTEMPTS = 200
/** 30 days at one attempt in 30 to 60 s: as long as a hold lives. A provider that is away for hours loses no money. (F74) */
const MONEY_ATTEMPTS = 30 * 24 * 120
const MONEY: readonly PaymentOrder['do'][] = ['authorize', 'query-authorization', 'capture', 'query-capture', 'void']
/** 90 days at one attempt an hour. (F68) */
const ADVICE_ATTEMPTS = 24 * 90

export function paymentKind(parts: PaymentKindParts): PaymentKind {
  return {
    machine: paymentMachine,
    keys: paymentKeys,
    lane: laneOf,
    dueAt: (order, now) =>
      order.do === 'remind' ? order.at : order.do === 'stop-session' ? (order.notBefore ?? now) : now,
    run: runs(parts),
    gaveUp: (order, error) => gaveUp(order, error, parts),
    retry: (order, attempt) => retryAfter(order, attempt, parts),
  }
}

/**
 * One lane per destination and purpose: a CPO that takes no advice holds up neither the driver's stop nor another
 * CPO, and a search that waits for an answer never delays a command.
 */
function laneOf(order: PaymentOrder, payment: Payment): string {
  switch (order.do) {
    case 'remind':
      return 'clock'
    case 'start-session':
    case 'stop-session':
      return `cpo:${payment.peerId}:commands`
    case 'find-session':
    case 'pull-cdr':
      return `cpo:${payment.peerId}:search`
    case 'advise':
      return advicesLane(payment.peerId)
    case 'authorize':
      // A real reader waits for the driver's card: one terminal never holds up the money of another.
      return `psp:reader:${payment.terminalId.toLowerCase()}`
    default:
      return 'psp'
  }
}

function runs(parts: PaymentKindParts): PaymentKind['run'] {
  const money = {
    authorize: authorize(parts),
    queryAuthorization: queryAuthorization(parts),
    capture: capture(parts),
    queryCapture: queryCapture(parts),
    voidHold: voidHold(parts),
  }
  const [start, stop, tell, find, pull] = [
    startSession(parts),
    stopSession(parts),
    advise(parts),
    findSession(parts),
    pullCdr(parts),
  ]
  return async (order, { entity: payment, attempt }) => {
    switch (order.do) {
      case 'authorize':
        return money.authorize(payment, attempt)
      case 'query-authorization':
        return money.queryAuthorization(payment, attempt)
      case 'start-session':
        return start(payment, attempt)
      case 'stop-session':
        return stop(payment, order)
      case 'find-session':
        return find(payment, order, attempt)
      case 'pull-cdr':
        return pull(payment)
      case 'capture':
        return money.capture(payment, order.amount)
      case 'query-capture':
        return money.queryCapture(payment, order.amount)
      case 'void':
        return money.voidHold(payment, attempt)
      case 'advise':
        return tell(payment, order)
      case 'remind':
        return { type: order.of, stopCommandId: parts.ids(), at: parts.clock.now() }
    }
  }
}

function gaveUp(order: PaymentOrder, error: unknown, parts: PaymentKindParts): PaymentEvent | undefined {
  const reason = error instanceof Error ? error.message : String(error)
  const at = parts.clock.now()
  switch (order.do) {
    case 'authorize':
    case 'query-authorization':
      return { type: 'authorization-lost', reason, at }
    case 'start-session':
      return { type: 'start-unanswered', reason, at }
    case 'find-session':
      return order.last ? { type: 'session-not-found', stopCommandId: parts.ids(), at } : undefined
    // Given up is not refused: only the provider's record says what became of it. (F62)
    case 'capture':
    case 'query-capture':
      return { type: 'capture-lost', reason, at }
    case 'void':
      return { type: 'void-given-up', reason, at }
    default:
      return undefined
  }
}

/** Exponential with full jitter: 1 s doubling up to a minute for money and searches, up to the setting for advices. */
function retryAfter(order: PaymentOrder, attempt: number, parts: PaymentKindParts): number | 'give-up' {
  if (order.do === 'pull-cdr' && attempt >= 3) return 'give-up'
  const most = order.do === 'advise' ? ADVICE_ATTEMPTS : MONEY.includes(order.do) ? MONEY_ATTEMPTS : PEER_ATTEMPTS
  if (attempt >= most) return 'give-up'
  const ceiling = order.do === 'advise' ? parts.adviceRetryMaxMs : 60_000
  const window = Math.min(ceiling, 1000 * 2 ** Math.min(attempt - 1, 30))
  return Math.round(window / 2 + (window / 2) * parts.random())
}
