/** What each order of the payment's state table means in the world outside, and on which lane it waits. */
import type { Kind } from '@plugtill/engine/engine'
import { paymentKeys, paymentWords } from '../payment/desk.ts'
import type { PaymentEvent, PaymentOrder, Reminder } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { paymentMachine } from '../payment/states.ts'
import { type AdviseParts, advicesLane, advise, isRefusedContent } from './advise.ts'
import { accountOf, type MoneyParts } from './ask-psp.ts'
import { type CommandParts, startSession, stopSession } from './commands.ts'
import { authorize, capture, queryAuthorization, queryCapture } from './money.ts'
import { queryRaise, raiseHold } from './raise.ts'
import { refund } from './refund.ts'
import { findSession, pullCdr, type SearchParts } from './search.ts'
import { queryVoid, voidHold } from './void.ts'

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
const MONEY: readonly PaymentOrder['do'][] = [
  'authorize',
  'query-authorization',
  'capture',
  'query-capture',
  'void',
  'query-void',
  'raise-hold',
  'query-raise',
  'refund',
]
/** An advice is sent on for so long at least. (F68) */
const ADVICE_FOR_MS = 90 * 24 * 3_600_000

export function paymentKind(parts: PaymentKindParts): PaymentKind {
  return {
    machine: paymentMachine,
    keys: paymentKeys,
    words: paymentWords,
    lane: laneOf,
    key: keyOf,
    dueAt: (order, now) => (order.do === 'remind' ? order.at : 'notBefore' in order ? (order.notBefore ?? now) : now),
    run: runs(parts),
    gaveUp: (order, error) => gaveUp(order, error, parts),
    retry: (order, attempt, error, { terms }) => {
      const { adviceRetryMaxMs = parts.adviceRetryMaxMs } = terms ?? {}
      return retryAfter(order, { attempt, error }, { random: parts.random, adviceRetryMaxMs })
    },
  }
}

/**
 * A look that could not be had yet is had once: behind a partner that answers slowly one of every poll would wait, and behind
 * them the last look, which decides about the hold. Whoever is refused here is followed by the next poll.
 */
function keyOf(order: PaymentOrder, payment: Payment): string | undefined {
  const isLook = (order.do === 'find-session' && !order.last) || (order.do === 'pull-cdr' && !order.overdue)
  return isLook ? `${payment.id}|${order.do}` : undefined
}

/**
 * One lane per destination and purpose: a CPO that takes no advice holds up neither the driver's stop nor another
 * CPO, and a search that waits for an answer never delays a command.
 */
function laneOf(order: PaymentOrder, payment: Payment): string {
  switch (order.do) {
    case 'remind':
    case 'alarm':
      return 'clock'
    case 'start-session':
    case 'stop-session':
      return `cpo:${payment.peerId}:commands`
    case 'find-session':
      // It decides about a hold: a pause that the CPO asked for when a CDR was looked for is not its own.
      return `cpo:${payment.peerId}:${order.last ? 'last-look' : 'search'}`
    case 'pull-cdr':
      return `cpo:${payment.peerId}:search`
    case 'advise':
      return advicesLane(payment.peerId)
    case 'authorize':
      // A real reader waits for the driver's card: one terminal never holds up the money of another.
      return `psp:reader:${payment.terminalId.toLowerCase()}`
    default:
      return moneyLane(accountOf(payment))
  }
}

/** A provider that is away holds up its own accounts and no other's. */
export const moneyLane = (account: string | undefined): string => (account === undefined ? 'psp' : `psp:${account}`)

function runs(parts: PaymentKindParts): PaymentKind['run'] {
  const atPsp = moneyRuns(parts)
  const [start, stop, tell] = [startSession(parts), stopSession(parts), advise(parts)]
  const [find, pull] = [findSession(parts), pullCdr(parts)]
  return async (order, { entity: payment, attempt }) => {
    switch (order.do) {
      case 'start-session':
        return start(payment, attempt)
      case 'stop-session':
        return stop(payment, order)
      case 'find-session':
        return find(payment, order, attempt)
      case 'pull-cdr':
        return pull(payment, order)
      case 'advise':
        return tell(payment, order, attempt)
      case 'alarm':
        return parts.journal.write(payment.id, 'fault', { code: order.code, message: order.message })
      case 'remind':
        return reminder(order.of, parts)
      default:
        return atPsp(order, payment, attempt)
    }
  }
}

/** A reminder brings the ids that its event may need into the world. */
const reminder = (type: Reminder, { ids, clock }: PaymentKindParts): PaymentEvent =>
  ({
    type,
    stopCommandId: ids(),
    ...(type === 'credit-due' && { refundId: ids(), adviceId: ids() }),
    at: clock.now(),
  }) as PaymentEvent

type AtPsp = Exclude<
  PaymentOrder,
  { readonly do: 'start-session' | 'stop-session' | 'find-session' | 'pull-cdr' | 'advise' | 'alarm' | 'remind' }
>

function moneyRuns(parts: PaymentKindParts) {
  const [take, look] = [authorize(parts), queryAuthorization(parts)]
  const [captureIt, lookAtCapture] = [capture(parts), queryCapture(parts)]
  const [giveBack, lookAtVoid] = [voidHold(parts), queryVoid(parts)]
  const [raise, lookAtRaise, payBack] = [raiseHold(parts), queryRaise(parts), refund(parts)]
  return (order: AtPsp, payment: Payment, attempt: number): Promise<PaymentEvent | void> => {
    switch (order.do) {
      case 'authorize':
        return take(payment, attempt)
      case 'query-authorization':
        return look(payment, attempt)
      case 'capture':
        return captureIt(payment, order.amount, attempt)
      case 'query-capture':
        return lookAtCapture(payment, order.amount, attempt)
      case 'void':
        return giveBack(payment, attempt)
      case 'query-void':
        return lookAtVoid(payment, attempt)
      case 'raise-hold':
        return raise(payment, order, attempt)
      case 'query-raise':
        return lookAtRaise(payment, order, attempt)
      case 'refund':
        return payBack(payment, order.refundId, attempt)
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
    case 'query-void':
      return { type: 'void-given-up', reason, at }
    case 'raise-hold':
    case 'query-raise':
      return { type: 'raise-refused', n: order.n, reason, stopCommandId: parts.ids(), at }
    case 'refund':
      return { type: 'refund-refused', refundId: order.refundId, reason, at }
    default:
      return undefined
  }
}

/** 1 s doubling up to a minute for money and searches, up to the setting for advices; up to a half less at random. */
function retryAfter(
  order: PaymentOrder,
  { attempt, error }: { readonly attempt: number; readonly error: unknown },
  parts: Pick<PaymentKindParts, 'random' | 'adviceRetryMaxMs'>,
): number | 'give-up' {
  if (order.do === 'advise' && isRefusedContent(error)) return 'give-up'
  if (order.do === 'pull-cdr' && attempt >= 3) return 'give-up'
  const ceiling = order.do === 'advise' ? parts.adviceRetryMaxMs : 60_000
  const advices = Math.ceil(ADVICE_FOR_MS / (ceiling / 2))
  const most = order.do === 'advise' ? advices : MONEY.includes(order.do) ? MONEY_ATTEMPTS : PEER_ATTEMPTS
  if (attempt >= most) return 'give-up'
  const window = Math.min(ceiling, 1000 * 2 ** Math.min(attempt - 1, 30))
  return Math.round(window / 2 + (window / 2) * parts.random())
}
