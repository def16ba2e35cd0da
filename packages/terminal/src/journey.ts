/**
 * The driver's journey as a pure function: journey x input -> journey + what to ask the platform. It knows no clock,
 * no network and no pixels; `now` is the platform's time in ms.
 */

import { READER } from './cards.ts'
import type { DriverInput, Input, Journey, Request, Step } from './inputs.ts'
import { findOffer, home, newPriceOf, show, stay, withMaximumOf } from './inputs.ts'
import { notice, onNews, onTick } from './news.ts'
import { cardholderCheck, PIN_TRIES, type Presented, pinReason } from './pin.ts'
import type { Purpose, Remembered, Screen, Start } from './screens.ts'
import { readsCards, STAYS_MS, tapScreen } from './screens.ts'
import { languagesOffered } from './texts.ts'

/** A device that was just switched on, or reloaded while it showed a payment or asked for one. */
export function begin(o: { readonly language: string; readonly now: number; readonly shown?: Remembered }): Step {
  const { language, now, shown } = o
  const offers: Request = { do: 'load-offers', language }
  if (shown === undefined) return { journey: { screen: { kind: 'home' }, language, online: true }, requests: [offers] }
  const asked: Request =
    'tap' in shown ? { do: 'load-tap', id: shown.tap } : { do: 'load-payment', reference: shown.payment }
  const screen: Screen = { kind: 'restoring', of: shown, until: now + STAYS_MS.restoring }
  return { journey: { screen, language, online: true }, requests: [offers, asked] }
}

export function step(journey: Journey, input: Input, now: number): Step {
  switch (input.type) {
    case 'tick':
      return onTick(journey, now)
    case 'home':
      // While the platform is being asked, leaving would hide what becomes of the money.
      return journey.screen.kind === 'sending' ? stay(journey) : home(journey)
    case 'back':
      return onBack(journey, now)
    case 'touched':
      return onTouched(journey, now)
    case 'card':
      return onCard(journey, input, now)
    case 'pin':
      return onPin(journey, input.right, now)
    case 'offers':
    case 'payment':
    case 'answered':
    case 'refused':
    case 'receipts':
    case 'unknown-payment':
    case 'link':
      return onNews(journey, input, now)
    default:
      return onChoice(journey, input, now)
  }
}

function onChoice(
  journey: Journey,
  input: Exclude<DriverInput, { type: 'home' | 'back' | 'touched' | 'card' | 'pin' }>,
  now: number,
): Step {
  const { screen, offers } = journey
  switch (input.type) {
    case 'start':
      return screen.kind === 'home' && offers
        ? show(journey, { kind: 'choose', until: now + STAYS_MS.choose })
        : stay(journey)
    case 'choose': {
      const offer = offers && findOffer(offers, input)
      if (screen.kind !== 'choose' || !offer?.available) return stay(journey)
      return show(journey, { kind: 'price', offer, until: now + STAYS_MS.price })
    }
    case 'maximum':
      return chooseMaximum(journey, input.amountMinor, now)
    case 'accept':
      return screen.kind === 'price' ? show(journey, tapScreen(startOf(journey, screen), now)) : stay(journey)
    case 'with-pin':
      return onWithPin(journey, now)
    case 'new-price':
      return onNewPrice(journey, now)
    case 'stop':
      if (screen.kind === 'charging' || screen.kind === 'waiting') {
        return show(
          journey,
          tapScreen({ kind: 'stop', reference: screen.payment.reference, label: screen.payment.label }, now),
        )
      }
      if (screen.kind !== 'home' || !offers) return stay(journey)
      return show(journey, { kind: 'running', payments: offers.open, until: now + STAYS_MS.running })
    case 'pick': {
      const picked =
        screen.kind === 'running' ? screen.payments.find((p) => p.reference === input.reference) : undefined
      return picked
        ? show(journey, tapScreen({ kind: 'stop', reference: picked.reference, label: picked.label }, now))
        : stay(journey)
    }
    case 'receipt':
      if (screen.kind === 'result')
        return show(journey, tapScreen({ kind: 'receipt', reference: screen.payment.reference }, now))
      return screen.kind === 'home' ? show(journey, tapScreen({ kind: 'receipt' }, now)) : stay(journey)
    case 'show-receipt': {
      const receipt =
        screen.kind === 'receipts' ? screen.receipts.find((r) => r.reference === input.reference) : undefined
      if (screen.kind !== 'receipts' || !receipt) return stay(journey)
      return show(journey, { kind: 'receipt', receipt, others: screen.receipts, until: now + STAYS_MS.receipt })
    }
    case 'languages':
      return screen.kind === 'home'
        ? show(journey, { kind: 'language', until: now + STAYS_MS.language })
        : stay(journey)
    case 'language':
      if (screen.kind !== 'language' || !languagesOffered(offers).some((l) => l === input.language))
        return stay(journey)
      return home({ ...journey, language: input.language })
  }
}

/** What is chosen stands in the offer from now on: the screen shows it as the hold, the tap asks for it. */
function chooseMaximum(journey: Journey, amountMinor: number, now: number): Step {
  const { screen } = journey
  if (screen.kind !== 'price') return stay(journey)
  const hold = screen.offer.holdChoices?.find((choice) => choice.amountMinor === amountMinor)
  if (!hold) return stay(journey)
  return show(journey, { ...screen, offer: { ...screen.offer, hold }, until: now + STAYS_MS.price })
}

/** The price is accepted; whether a card that is tapped will need its PIN is known before it is tapped. */
function startOf({ offers }: Journey, { offer, bankWantsPin = false }: Screen & { kind: 'price' }): Start {
  const check = cardholderCheck({ offer, how: 'tap', model: offers?.model, bankWants: bankWantsPin })
  return { kind: 'start', offer, check, ...(bankWantsPin && { bankWantsPin }) }
}

/** The reader listens on the tap screen only; what the card is good for was settled before. */
function onCard(journey: Journey, input: Extract<DriverInput, { type: 'card' }>, now: number): Step {
  const { screen } = journey
  if (!readsCards(screen) || screen.kind !== 'tap') return stay(journey)
  const { purpose } = screen
  const { card, id, how = 'tap' } = input
  if (purpose.kind !== 'start') return send(journey, { purpose, card, id }, now)
  // A hold that could not be told to anybody is not asked for.
  if (!journey.online) return show(journey, notice('offline', 'nothing-held', now))
  const asked = { offer: purpose.offer, how, model: journey.offers?.model, bankWants: purpose.bankWantsPin === true }
  const why = pinReason(asked)
  if (why === undefined || card === READER) return send(journey, { purpose, card, id, how }, now)
  if (cardholderCheck(asked) === 'no-pin-here') return show(journey, notice('no-pin-here', 'nothing-held', now))
  return show(journey, { kind: 'pin', purpose, card, id, why, triesLeft: PIN_TRIES, until: now + STAYS_MS.pin })
}

/** Nothing has been asked of the bank yet: a PIN that is wrong too often ends here, and no money has moved. */
function onPin(journey: Journey, right: boolean, now: number): Step {
  const { screen } = journey
  if (screen.kind !== 'pin') return stay(journey)
  const { purpose, card, id } = screen
  if (right) return send(journey, { purpose, card, id, pin: true }, now)
  const triesLeft = screen.triesLeft - 1
  if (triesLeft === 0) return show(journey, notice('pin-wrong', 'nothing-held', now))
  return show(journey, { ...screen, triesLeft, until: now + STAYS_MS.pin })
}

/** The driver sees the price once more: it may have changed since the bank said no. */
function onWithPin(journey: Journey, now: number): Step {
  const { screen, offers } = journey
  if (screen.kind !== 'result' || screen.payment.message !== 'pin-needed') return stay(journey)
  const found = offers && findOffer(offers, screen.payment)
  if (!found?.price) return show(journey, notice('not-available', 'nothing-held', now))
  const offer = withMaximumOf(found, { hold: screen.payment.asked })
  // What we know may be from the time when the declined payment still held the charger: fresh offers decide.
  const price: Screen = { kind: 'price', offer, bankWantsPin: true, until: now + STAYS_MS.price }
  return { journey: { ...journey, screen: price }, requests: [{ do: 'load-offers', language: journey.language }] }
}

function onNewPrice(journey: Journey, now: number): Step {
  const { screen, offers } = journey
  if (screen.kind !== 'notice' || !screen.wanted) return stay(journey)
  const offer = newPriceOf(offers, screen.wanted)
  return offer ? show(journey, { ...screen.wanted, kind: 'price', offer, until: now + STAYS_MS.price }) : stay(journey)
}

interface CardRead {
  readonly purpose: Purpose
  readonly card: string
  readonly id: string
  readonly how?: Presented
  /** The device has checked it and found it right. */
  readonly pin?: true
}

function send(journey: Journey, read: CardRead, now: number): Step {
  const { purpose, id } = read
  const sending: Screen = { kind: 'sending', id, purpose, until: now + STAYS_MS.sending }
  return { journey: { ...journey, screen: sending }, requests: [asked(read, journey.language)] }
}

function asked({ purpose, card, id, how, pin }: CardRead, language: string): Request {
  if (purpose.kind === 'stop') return { do: 'stop', id, body: { reference: purpose.reference, card } }
  if (purpose.kind === 'receipt') return { do: 'receipts', id, body: { card } }
  const { locationId, evseUid, connectorId, tariffId, priceId, holdChoices, hold } = purpose.offer
  const maximum = holdChoices && hold ? { maximumMinor: hold.amountMinor } : {}
  const verified = pin ? ({ verified: 'pin' } as const) : how === 'phone' ? ({ verified: 'phone' } as const) : {}
  const accepted = { tariffId, ...(priceId !== undefined && { priceId }), ...maximum }
  const body = { locationId, evseUid, connectorId, card, ...accepted, ...verified, language, tapId: id }
  return { do: 'tap', id, body }
}

function onBack(journey: Journey, now: number): Step {
  const { screen } = journey
  switch (screen.kind) {
    case 'sending':
      return stay(journey)
    case 'price':
      return show(journey, { kind: 'choose', until: now + STAYS_MS.choose })
    case 'tap':
    case 'pin': {
      const { purpose } = screen
      if (purpose.kind !== 'start') return home(journey)
      const { offer, bankWantsPin } = purpose
      return show(journey, { kind: 'price', offer, ...(bankWantsPin && { bankWantsPin }), until: now + STAYS_MS.price })
    }
    case 'receipt':
      if (screen.others.length < 2) return home(journey)
      return show(journey, { kind: 'receipts', receipts: screen.others, until: now + STAYS_MS.receipts })
    default:
      return home(journey)
  }
}

/** A touch that decides nothing, like scrolling: whoever reads gets more time. */
function onTouched(journey: Journey, now: number): Step {
  const { screen } = journey
  switch (screen.kind) {
    case 'choose':
    case 'price':
    case 'pin':
    case 'charging':
    case 'result':
    case 'running':
    case 'receipts':
    case 'receipt':
      return show(journey, { ...screen, until: Math.max(screen.until, now + STAYS_MS[screen.kind]) })
    default:
      return stay(journey)
  }
}
