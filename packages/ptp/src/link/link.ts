/** The platform's side of the terminal link: offers, tap, stop, receipts, news. (packages/terminal/src/link.ts) */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { Engine } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import type { Psp } from '@plugtill/psp/psp'
import type { Offers, PaymentView, Receipt, StopTap, Tap } from '@plugtill/terminal/link'
import type { Breaker } from '../breaker.ts'
import type { Contracts } from '../contracts/contract.ts'
import { accountOf, configuredPsp, pspOf } from '../effects/ask-psp.ts'
import type { Mirror } from '../mirror.ts'
import { byReference, occupantOf, openAt, type PaymentDesk, tapKey, tapsAt } from '../payment/desk.ts'
import type { PaymentOrder } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { DEADLINE, isFinal, paymentView } from '../payment/view.ts'
import { siteOf, terminalReceipt } from '../receipts/receipts.ts'
import { Refusal } from '../refusal.ts'
import type { ContractTerms, PtpSettings } from '../settings.ts'
import type { Registry } from '../terminals/registry.ts'
import type { PaymentTerminal } from '../terminals/terminal.ts'
import { offerOf, pricedFor, sellableOf } from './offers.ts'
import { NOBODY, receiptsOfCard, sameCard, sameDigits } from './receipts-of-card.ts'
import { atEvse, conditionsOf, startPayment, unreadable } from './start-payment.ts'
import { tapRates } from './velocity.ts'

export interface LinkParts {
  readonly name: string
  readonly clock: Clock
  readonly ids: () => string
  readonly randomToken: () => string
  readonly psp: Psp
  readonly pspAccounts?: Readonly<Record<string, Psp>>
  readonly engine: Engine
  readonly payments: PaymentDesk
  readonly registry: Registry
  readonly mirror: Mirror
  readonly documents: Documents
  readonly journal: Journal
  readonly settings: PtpSettings
  readonly contracts: Contracts
  readonly breaker: Breaker
  readonly peers?: Pick<PeerStore, 'get'>
  /** Public address of receipts, without trailing slash. */
  readonly receiptsUrl?: string
}

/** Every refusal is a `Refusal`: nothing was held and nothing was captured. */
export interface Link {
  readonly offers: (terminalId: string, language?: string) => Promise<Offers>
  readonly tap: (terminalId: string, tap: Tap) => Promise<PaymentView>
  readonly stop: (terminalId: string, stop: StopTap) => Promise<PaymentView>
  readonly receipts: (terminalId: string, card: string) => Promise<readonly Receipt[]>
  readonly payment: (terminalId: string, reference: string) => Promise<PaymentView>
  /** Of which payments a listener may still be told something: all that run, and the newest taps. */
  readonly recent: (terminalId: string) => Promise<readonly { readonly reference: string; readonly final: boolean }[]>
  /** What a tap became whose answer the terminal never saw; `unknown-payment` as long as none has arrived. */
  readonly tapped: (terminalId: string, tapId: string) => Promise<PaymentView>
}

/** Newest payments of one terminal that are shown as running. */
const LOOK_BACK = 500
/** Newest taps of one terminal that its news may be about, beside what runs. */
const NEWEST = 200
const LANGUAGE = 'en'

export function createLink(parts: LinkParts): Link {
  const terminalOf = async (terminalId: string): Promise<PaymentTerminal> => {
    const terminal = await parts.registry.find(terminalId)
    if (!terminal) throw new Refusal('unknown-terminal', `No terminal "${terminalId}".`)
    return terminal
  }
  const own = async (terminalId: string, reference: string): Promise<Payment> => {
    const payment = await byReference(parts.payments, reference)
    if (!payment || !sameCi(payment.terminalId, terminalId))
      throw new Refusal('unknown-payment', `No payment "${reference}" at this terminal.`)
    return payment
  }
  const tapping = { ...parts, taps: tapRates() }
  const view = (payment: Payment, terminal?: PaymentTerminal) => viewOf(parts, payment, terminal)
  return {
    offers: async (terminalId, language) => offers(parts, await terminalOf(terminalId), language),
    tap: async (terminalId, tap) => {
      const terminal = await terminalOf(terminalId)
      return view(await startPayment(tapping, terminal, tap), terminal)
    },
    stop: async (terminalId, { reference, card }) => {
      const payment = await own(terminalId, reference)
      if (!(await isPayer(parts, payment, card))) {
        await parts.journal.write(payment.id, 'terminal', { act: 'stop', refused: 'wrong-card' })
        throw new Refusal('wrong-card', 'This is not the card that pays for the session.')
      }
      if (!['awaiting-session', 'charging', 'stopping'].includes(payment.state)) {
        throw new Refusal('not-running', `The session cannot be stopped: the payment is ${payment.state}.`)
      }
      await parts.journal.write(payment.id, 'terminal', { act: 'stop' })
      const stopped = await parts.payments.apply(payment.id, {
        type: 'stop-requested',
        by: 'driver',
        stopCommandId: parts.randomToken(),
        at: parts.clock.now(),
      })
      return view(stopped.entity)
    },
    receipts: (terminalId, card) => receipts(parts, terminalId, card),
    payment: async (terminalId, reference) => view(await own(terminalId, reference)),
    recent: async (terminalId) => {
      const running = await parts.payments.list({ named: openAt(terminalId), limit: LOOK_BACK })
      const newest = await parts.payments.list({ named: tapsAt(terminalId), limit: NEWEST })
      const found = new Map([...running, ...newest].map((payment) => [payment.id, isFinal(payment)]))
      return [...found].map(([reference, final]) => ({ reference, final }))
    },
    tapped: async (terminalId, tapId) => {
      const terminal = await terminalOf(terminalId)
      const payment = await parts.payments.find(tapKey(terminal.id, tapId))
      if (!payment) throw new Refusal('unknown-payment', `No tap "${tapId}" has arrived from this terminal.`)
      return view(payment, terminal)
    },
  }
}

/** Who reads cards at this terminal: the account of its contract, else the platform's own. */
async function readerAt(parts: LinkParts, terminalId: string): Promise<Psp> {
  const terminal = await parts.registry.find(terminalId)
  return (terminal && (await conditionsOf(parts, terminal)).psp) ?? parts.psp
}

/** Only the card that pays may end the session; where its account is gone, its digits have to do. (T32, F42) */
async function isPayer(parts: LinkParts, payment: Payment, card: string): Promise<boolean> {
  const { terminalId } = payment
  const own = configuredPsp(parts, accountOf(payment))
  const seen = await (own ?? (await readerAt(parts, terminalId))).identify(card, { terminalId }).catch(unreadable)
  return own ? sameCard(payment, seen) : sameDigits(payment, seen)
}

async function receipts(parts: LinkParts, terminalId: string, card: string): Promise<readonly Receipt[]> {
  const psp = await readerAt(parts, terminalId)
  const seen = await psp.identify(card, { terminalId }).catch(unreadable)
  // The terminal may have stood under a contract with another account when the driver paid.
  const atAccount = async (account: string | undefined) => {
    const its = pspOf(parts, account)
    return its === psp ? seen : its.identify(card, { terminalId })
  }
  const cardAt = (account: string | undefined) => atAccount(account).catch(() => NOBODY)
  const mine = await receiptsOfCard(parts.payments, { terminalId, card: seen, cardAt, now: parts.clock.now() })
  return Promise.all(mine.map((payment) => terminalReceipt(parts, payment)))
}

async function offers(parts: LinkParts, terminal: PaymentTerminal, wanted?: string): Promise<Offers> {
  const at = parts.clock.now()
  const { terms, psp } = await conditionsOf(parts, terminal)
  const can = psp?.capabilities
  const language = wanted ?? LANGUAGE
  const found = await Promise.all(
    (await sellableOf(parts.mirror, terminal)).map(async (sellable) => {
      const priced = await pricedFor(parts.mirror, { sellable, peerId: terminal.peerId, language, at, terms, can })
      const busy = (await occupantOf(parts.payments, atEvse(terminal, sellable))) !== undefined
      return { offer: offerOf(sellable, priced, busy), languages: 'refused' in priced ? [] : priced.languages }
    }),
  )
  const running = await parts.payments.list({ named: openAt(terminal.id), limit: LOOK_BACK })
  return {
    terminalId: terminal.id,
    model: terminal.model,
    // The languages of the tariffs decide what the driver may choose, within what the contract allows.
    languages: [...new Set([LANGUAGE, ...found.flatMap((item) => item.languages).filter(allowed(terms))])],
    language,
    chargers: found.map((item) => item.offer),
    open: await Promise.all(
      running
        .filter((payment) => sameCi(payment.terminalId, terminal.id))
        .map(async (payment) => ({
          reference: payment.id,
          evseUid: payment.evseUid,
          // Where it charges may be sold here no more.
          label: (await siteOf(parts, payment, terminal)).label,
          card: { brand: payment.card.brand, masked: payment.card.masked },
          startedAt: payment.session?.startedAt,
        })),
    ),
    ...(parts.settings.cardTray.length > 0 && { cardTray: parts.settings.cardTray }),
    now: at,
  }
}

const allowed =
  ({ languages }: ContractTerms) =>
  (language: string) =>
    languages.length === 0 || languages.includes(language)

/** The payment as its driver sees it, with the deadline that is open now. */
export async function viewOf(parts: LinkParts, payment: Payment, terminal?: PaymentTerminal): Promise<PaymentView> {
  const { label } = await siteOf(parts, payment, terminal)
  const deadline = DEADLINE[payment.state]
  const pending = deadline ? await parts.engine.pending('payment', payment.id) : []
  const times = pending.flatMap(({ body, dueAt }) => {
    const order = JSON.parse(body) as PaymentOrder
    return order.do === 'remind' && order.of === deadline ? [dueAt] : []
  })
  const { chargerSpeed } = parts.settings
  return paymentView(payment, {
    label,
    now: parts.clock.now(),
    chargerSpeed,
    ...(times.length > 0 && { until: Math.max(...times) }),
  })
}
