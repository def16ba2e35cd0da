import { checkCurrency, checkKey, checkMoney, checkReader, minCaptureIn, readerAt } from '../checks.ts'
import { inOwnUnits } from '../own-units.ts'
import type { Authorization, AuthorizeRequest, Capture, Hold, Money, Psp, Refund, Voided } from '../psp.ts'
import { PspError } from '../psp.ts'
import { withoutCardNumbers } from '../without-card-numbers.ts'
import { stripeCapabilities } from './capabilities.ts'
import { stripeClient } from './client.ts'
import { createDesk, type Desk, type StripeParts } from './desk.ts'
import { errorOf } from './errors.ts'
import {
  authorizationOf,
  CDR,
  captureBeforeOf,
  chargeOf,
  eftDataOf,
  type Intent,
  moneyOf,
  paymentOf,
  REFERENCE,
  stateOf,
  TERMINAL,
} from './payment.ts'
import { presentCard, recognise, settled } from './reader.ts'
import { settlementOf } from './settlement.ts'
import { stripeUnits } from './units.ts'
import { hintsOf } from './webhooks.ts'

/** Stripe Terminal behind the port: PaymentIntents of a card present, captured by hand, on readers driven from here. */
export function createStripePsp(parts: StripeParts & { readonly identifyCurrency?: string }): Psp {
  const desk = createDesk(parts)
  const client = stripeClient(parts.config)
  const told = async (intent: Intent) => paymentOf(intent, await refundedOf(desk, intent))
  const psp: Psp = {
    name: 'stripe',
    capabilities: stripeCapabilities,
    authorize: (o) => authorize(desk, o),
    increment: (o) => increment(desk, o),
    reduce: async () => {
      throw new PspError('not-supported', 'Stripe gives no part of a hold back; the capture releases the rest.')
    },
    capture: (o) => capture(desk, o),
    void: (o) => voidHold(desk, o),
    refund: (o) => refund(desk, o),
    query: async ({ reference, pspReference }) => {
      const found =
        pspReference === undefined ? await desk.byReference(reference ?? '') : await known(desk.intentOf(pspReference))
      return found && told(await settled(desk, found))
    },
    list: async (period) => {
      const ours = (await desk.created(period)).filter((one) => one.metadata[REFERENCE] !== undefined)
      const payments = []
      for (const one of ours.toSorted((a, b) => a.created - b.created)) payments.push(await told(one))
      return payments
    },
    settlement: (o) => settlementOf(desk, o),
    ingest: async (message) =>
      hintsOf(await client(), message, { secrets: parts.config.webhookSecrets, now: parts.clock.now() }),
    identify: async (card, at) => {
      checkReader(card)
      const readerId = await readerAt(parts.readerOf, at?.terminalId ?? '', EXAMPLE)
      return change(recognise(desk, readerId, (parts.identifyCurrency ?? 'EUR').toLowerCase()))
    },
  }
  return withoutCardNumbers(inOwnUnits(psp, stripeUnits))
}

const EXAMPLE = 'tmr_GVFvhCAYbJBXcd'

const change = <T>(work: Promise<T>, asked: 'change' | 'increment' = 'change'): Promise<T> =>
  work.catch((error: unknown) => {
    throw errorOf(error, asked)
  })

/** A payment nobody knows is an answer to query. */
const known = (work: Promise<Intent>): Promise<Intent | undefined> =>
  work.catch((error: unknown) => {
    if (error instanceof PspError && error.kind === 'refused') return undefined
    throw error
  })

async function authorize(desk: Desk, o: AuthorizeRequest): Promise<Authorization> {
  checkKey(o.key, stripeCapabilities)
  checkMoney(o.amount)
  checkReader(o.card)
  const readerId = await readerAt(desk.readerOf, o.terminalId, EXAMPLE)
  const made = await change(
    desk.repeat((stripe) =>
      stripe.paymentIntents.create(
        {
          amount: o.amount.amountMinor,
          currency: o.amount.currency.toLowerCase(),
          capture_method: 'manual',
          allowed_payment_method_types: ['card_present'],
          payment_method_options: { card_present: { request_incremental_authorization_support: true } },
          metadata: {
            [REFERENCE]: o.reference,
            [TERMINAL]: o.terminalId,
            ...(o.consentRef !== undefined && { plugtill_consent: o.consentRef }),
          },
        },
        { idempotencyKey: o.key },
      ),
    ),
  )
  // The stored answer of an earlier attempt tells the past: what counts is now.
  const now = await desk.intentOf(made.id)
  const decided = stateOf(now) === 'pending' ? await presentCard(desk, now, { key: o.key, readerId }) : now
  return authorizationOf(decided)
}

async function increment(
  desk: Desk,
  { key, pspReference, newTotal }: { readonly key: string; readonly pspReference: string; readonly newTotal: Money },
): Promise<Hold> {
  checkKey(key, stripeCapabilities)
  checkMoney(newTotal)
  checkCurrency(newTotal, (await desk.intentOf(pspReference)).currency.toUpperCase())
  const raised = await change(
    desk.repeat((stripe) =>
      stripe.paymentIntents.incrementAuthorization(
        pspReference,
        { amount: newTotal.amountMinor, expand: ['latest_charge'] },
        { idempotencyKey: key },
      ),
    ),
    'increment',
  )
  const authorized = moneyOf(raised.amount, raised.currency)
  return { pspReference, authorized, captureBefore: captureBeforeOf(raised) }
}

async function capture(desk: Desk, o: Parameters<Psp['capture']>[0]): Promise<Capture> {
  const { key, pspReference, amount, cdrRef } = o
  checkKey(key, stripeCapabilities)
  checkMoney(amount)
  checkCurrency(amount, (await desk.intentOf(pspReference)).currency.toUpperCase())
  const least = minCaptureIn(stripeCapabilities, amount.currency)
  if (amount.amountMinor < least)
    throw new PspError('refused', `${amount.amountMinor} is below the smallest capture of ${least}; void instead.`)
  const taken = await change(
    desk.repeat((stripe) =>
      stripe.paymentIntents.capture(
        pspReference,
        { amount_to_capture: amount.amountMinor, metadata: { [CDR]: cdrRef }, expand: ['latest_charge'] },
        { idempotencyKey: key },
      ),
    ),
  )
  return {
    status: 'captured',
    pspReference,
    captured: moneyOf(taken.amount_received, taken.currency),
    released: moneyOf(taken.amount - taken.amount_received, taken.currency),
    at: (chargeOf(taken)?.created ?? taken.created) * 1000,
    eftData: eftDataOf(taken),
  }
}

/** Cancelling is final and needs no key to be safe; the key makes a repeat the same answer. */
async function voidHold(desk: Desk, { key, pspReference }: Parameters<Psp['void']>[0]): Promise<Voided> {
  checkKey(key, stripeCapabilities)
  const before = await desk.intentOf(pspReference)
  const over = ended(before)
  if (over) return over
  const after = await change(
    desk.repeat((stripe) =>
      stripe.paymentIntents.cancel(
        pspReference,
        { cancellation_reason: 'abandoned', expand: ['latest_charge'] },
        { idempotencyKey: key },
      ),
    ),
  )
  const now = ended(after) ?? ended(await desk.intentOf(pspReference))
  if (now) return now
  throw new PspError('refused', `Payment ${pspReference} is ${stateOf(after)}; only a live hold can be voided.`)
}

function ended(intent: Intent): Voided | undefined {
  if (intent.status !== 'canceled') return undefined
  const status = stateOf(intent) === 'expired' ? 'expired' : 'voided'
  return { status, pspReference: intent.id, at: (intent.canceled_at ?? intent.created) * 1000 }
}

async function refund(desk: Desk, o: Parameters<Psp['refund']>[0]): Promise<Refund> {
  const { key, pspReference, amount, creditRef } = o
  checkKey(key, stripeCapabilities)
  checkMoney(amount)
  const intent = await desk.intentOf(pspReference)
  checkCurrency(amount, intent.currency.toUpperCase())
  if (stateOf(intent) !== 'captured')
    throw new PspError(
      'refused',
      `Payment ${pspReference} is ${stateOf(intent)}; only what was captured can be refunded.`,
    )
  const metadata = { [REFERENCE]: intent.metadata[REFERENCE] ?? '', plugtill_credit: creditRef }
  const given = await change(
    desk.repeat((stripe) =>
      stripe.refunds.create(
        { payment_intent: pspReference, amount: amount.amountMinor, metadata },
        { idempotencyKey: key },
      ),
    ),
  )
  if (given.status === 'failed' || given.status === 'canceled')
    throw new PspError('refused', `Stripe refunded nothing: ${given.failure_reason ?? given.status}.`)
  return {
    pspReference,
    refunded: moneyOf(given.amount, given.currency),
    refundedTotal: moneyOf(await refundedOf(desk, intent, given.created), given.currency),
    at: given.created * 1000,
  }
}

const ALL = Number.POSITIVE_INFINITY

/** Refunds of captured money. What a capture or a cancellation releases of the hold is none. */
async function refundedOf(desk: Desk, intent: Intent, upTo = ALL): Promise<number> {
  if (intent.status !== 'succeeded' || (upTo === ALL && chargeOf(intent)?.amount_refunded === 0)) return 0
  const all = await desk
    .repeat((stripe) =>
      stripe.refunds.list({ payment_intent: intent.id, limit: 100 }).autoPagingToArray({ limit: 1_000 }),
    )
    .catch((error: unknown) => {
      throw errorOf(error, 'read')
    })
  return all
    .filter(
      ({ status, balance_transaction, created }) =>
        /^(succeeded|pending)$/.test(status ?? '') && balance_transaction !== null && created <= upTo,
    )
    .reduce((sum, { amount }) => sum + amount, 0)
}
