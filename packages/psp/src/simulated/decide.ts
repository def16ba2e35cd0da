import type { Authorization, AuthorizeRequest, Capture, Hold, Money, Refund, Voided } from '../psp.ts'
import { PspError } from '../psp.ts'
import type { Booked, Due } from './books.ts'
import { simulatedCapabilities } from './capabilities.ts'
import type { CardBehaviour, SimulatedCard } from './cards.ts'
import { faceOf, findSimulatedCard, simulatedCards } from './cards.ts'
import type { LedgerEntry } from './ledger.ts'

/** What an operation decided: what to book, what to answer, and whether the answer reaches the caller. */
export interface Outcome<T> {
  readonly status: LedgerEntry['status']
  readonly amount: Money
  readonly answer: T | string
  readonly lost?: boolean
  /** What the provider will decide later, of its own accord. */
  readonly due?: Due
  /** The provider books the same thing two times. (F64) */
  readonly twice?: boolean
}

/** Approves, declines or halves, as the card says. */
export function decideAuthorize(
  o: AuthorizeRequest,
  card: SimulatedCard,
  at: {
    readonly pspReference: string
    readonly now: number
    readonly random: () => number
    readonly behaviour: CardBehaviour
  },
): Outcome<Authorization> {
  const { authorize, holdWindowMs } = at.behaviour
  if (authorize === 'unavailable') return { status: 'unavailable', amount: o.amount, answer: 'The provider is away.' }
  const pinNeeded = authorize === 'pin-needed' && o.verified === undefined
  const declined = authorize === 'declined' || pinNeeded
  const amountMinor = declined ? 0 : authorize === 'half' ? Math.ceil(o.amount.amountMinor / 2) : o.amount.amountMinor
  const face = faceOf(card)
  const window = simulatedCapabilities.holdWindowMs
  const code = String(Math.floor(at.random() * 1_000_000)).padStart(6, '0')
  const answer: Authorization = {
    status: declined ? 'declined' : 'approved',
    pspReference: at.pspReference,
    authorized: { amountMinor, currency: o.amount.currency },
    captureBefore: declined ? at.now : at.now + (holdWindowMs ?? window[card.brand] ?? window.other),
    card: face,
    eftData: [
      `${face.brand} ${face.masked} CONTACTLESS`,
      `AID ${card.brand === 'Visa' ? 'A0000000031010' : 'A0000000041010'}`,
      ...(o.verified === undefined ? [] : [o.verified === 'pin' ? 'PIN VERIFIED' : 'VERIFIED ON PHONE']),
      declined ? 'DECLINED' : `AUTH CODE ${code}`,
      `PSP REFERENCE ${at.pspReference}`,
    ],
    ...(authorize === 'declined' && { reason: 'Declined by the issuer.', decline: 'issuer' }),
    ...(pinNeeded && { reason: 'The issuer wants the PIN.', decline: 'pin-needed' }),
  }
  const status = declined ? 'declined' : 'approved'
  return { status, amount: answer.authorized, answer, lost: authorize === 'lost-answer' }
}

/** A live hold may be raised a limited number of times. */
export function decideIncrement(
  payment: Booked,
  newTotal: Money,
  { increment }: Pick<CardBehaviour, 'increment'>,
): Outcome<Hold> {
  const wrong =
    wrongMoney(payment, newTotal) ??
    notHeld(payment, 'raised') ??
    (newTotal.amountMinor <= payment.authorized
      ? `The new total ${newTotal.amountMinor} must be above the hold of ${payment.authorized}.`
      : payment.increments >= simulatedCapabilities.maxIncrements
        ? `The hold has been raised ${payment.increments} times; no more is possible.`
        : undefined)
  if (wrong !== undefined) return refused(newTotal, wrong)
  if (increment === 'declined')
    return { status: 'declined', amount: newTotal, answer: 'The issuer does not raise the hold.' }
  return { ...holdOf(payment, newTotal), lost: increment === 'lost-answer' }
}

/** A live hold may be lowered, not to nothing: that is a void. */
export function decideReduce(payment: Booked, newTotal: Money): Outcome<Hold> {
  const wrong =
    wrongMoney(payment, newTotal) ??
    notHeld(payment, 'lowered') ??
    (newTotal.amountMinor >= payment.authorized
      ? `The new total ${newTotal.amountMinor} must be below the hold of ${payment.authorized}.`
      : undefined)
  return wrong === undefined ? holdOf(payment, newTotal) : refused(newTotal, wrong)
}

/** How the simulated provider captures for this payment, and when it changes its mind by itself. */
export interface Capturing {
  readonly now: number
  readonly capture?: CardBehaviour['capture']
  /** How long "later" is. */
  readonly laterMs: number
  /** What is left of a hold that was captured may be captured too, as providers with several captures allow. (F63) */
  readonly again?: boolean
}

/** One capture, at most the hold; the rest is released. */
export function decideCapture(
  payment: Booked,
  amount: Money,
  { now, capture, laterMs, again }: Capturing,
): Outcome<Capture> {
  const wrong =
    wrongMoney(payment, amount) ??
    (again && payment.state === 'captured' ? undefined : notHeld(payment, 'captured')) ??
    (amount.amountMinor > payment.authorized - payment.captured
      ? `${amount.amountMinor} is more than the hold of ${payment.authorized}; capture at most the hold.`
      : capture === 'refused'
        ? 'The issuer refuses the capture.'
        : undefined)
  if (wrong !== undefined) return refused(amount, wrong)
  if (capture === 'unavailable-once' && payment.missed.capture === 0) {
    return { status: 'unavailable', amount, answer: 'The provider is away.' }
  }
  const accepted = capture === 'later' || capture === 'later-refused'
  const answer: Capture = {
    status: accepted ? 'pending' : 'captured',
    pspReference: payment.pspReference,
    captured: { amountMinor: accepted ? 0 : amount.amountMinor, currency: payment.currency },
    released: { amountMinor: accepted ? 0 : payment.authorized - amount.amountMinor, currency: payment.currency },
    at: now,
    eftData: payment.authorization.eftData,
  }
  const due = {
    at: now + laterMs,
    outcome: capture === 'later' ? 'done' : 'refused',
    amountMinor: amount.amountMinor,
  } as const
  return {
    status: accepted ? 'pending' : 'done',
    amount,
    answer,
    lost: capture === 'lost-answer',
    twice: capture === 'twice',
    ...((accepted || capture === 'failed-afterwards') && { due }),
  }
}

/** Gives the hold back. Nothing held any more is an answer, not a mistake. */
export function decideVoid(
  payment: Booked,
  now: number,
  { void: behaviour }: Pick<CardBehaviour, 'void'>,
): Outcome<Voided> {
  const { pspReference, currency } = payment
  const amount = { amountMinor: payment.state === 'authorized' ? payment.authorized : 0, currency }
  if (payment.state === 'expired' || payment.state === 'voided') {
    return { status: 'done', amount, answer: { status: payment.state, pspReference, at: now } }
  }
  const wrong = notHeld(payment, 'voided') ?? (behaviour === 'refused' ? 'The issuer refuses the void.' : undefined)
  if (wrong !== undefined) return refused(amount, wrong)
  if (behaviour === 'unavailable-once' && payment.missed.void === 0) {
    return { status: 'unavailable', amount, answer: 'The provider is away.' }
  }
  return { status: 'done', amount, answer: { status: 'voided', pspReference, at: now } }
}

/** At most what was captured, over all refunds. */
export function decideRefund(payment: Booked, amount: Money, now: number): Outcome<Refund> {
  const left = payment.captured - payment.refunded
  const wrong =
    wrongMoney(payment, amount) ??
    (amount.amountMinor > left ? `${amount.amountMinor} is more than the ${left} that can be refunded.` : undefined)
  if (wrong !== undefined) return refused(amount, wrong)
  const refundedTotal = { amountMinor: payment.refunded + amount.amountMinor, currency: payment.currency }
  return {
    status: 'done',
    amount,
    answer: { pspReference: payment.pspReference, refunded: amount, refundedTotal, at: now },
  }
}

const refused = <T>(amount: Money, why: string): Outcome<T> => ({ status: 'refused', amount, answer: why })

const holdOf = (payment: Booked, authorized: Money): Outcome<Hold> => ({
  status: 'done',
  amount: authorized,
  answer: { pspReference: payment.pspReference, authorized, captureBefore: payment.captureBefore },
})

function notHeld(payment: Booked, verb: string): string | undefined {
  return payment.state === 'authorized'
    ? undefined
    : `Payment ${payment.pspReference} is ${payment.state}; only a live hold can be ${verb}.`
}

function wrongMoney(payment: Booked, amount: Money): string | undefined {
  return amount.currency === payment.currency
    ? undefined
    : `The payment is in ${payment.currency}, the request in ${amount.currency}.`
}

export function cardOf(token: string): SimulatedCard {
  const card = findSimulatedCard(token)
  if (card !== undefined) return card
  const names = simulatedCards.map((one) => one.name).join(', ')
  throw new PspError('refused', `There is no simulated card "${token}". Use one of: ${names}.`)
}
