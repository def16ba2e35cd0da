/**
 * The driver's journey as a pure function: journey x input -> journey + what to ask the platform. It knows no clock,
 * no network and no pixels; `now` is the platform's time in ms.
 */

import type { DriverInput, Input, Journey, Request, Step } from './inputs.ts'
import { findOffer, home, show, stay } from './inputs.ts'
import { onNews, onTick } from './news.ts'
import type { Purpose, Screen } from './screens.ts'
import { readsCards, STAYS_MS, tapScreen } from './screens.ts'
import { languagesOffered } from './texts.ts'

/** A device that was just switched on, or reloaded while it showed a payment. */
export function begin(o: { readonly language: string; readonly now: number; readonly reference?: string }): Step {
  const requests: Request[] = [{ do: 'load-offers', language: o.language }]
  if (o.reference === undefined) {
    return { journey: { screen: { kind: 'home' }, language: o.language, online: true }, requests }
  }
  requests.push({ do: 'load-payment', reference: o.reference })
  const screen: Screen = { kind: 'restoring', reference: o.reference, until: o.now + STAYS_MS.restoring }
  return { journey: { screen, language: o.language, online: true }, requests }
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
  input: Exclude<DriverInput, { type: 'home' | 'back' | 'touched' | 'card' }>,
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
      return screen.kind === 'price'
        ? show(journey, tapScreen({ kind: 'start', offer: screen.offer }, now))
        : stay(journey)
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
  return show(journey, { kind: 'price', offer: { ...screen.offer, hold }, until: now + STAYS_MS.price })
}

/** The reader listens on the tap screen only; what the card is good for was settled before. */
function onCard(journey: Journey, input: Extract<DriverInput, { type: 'card' }>, now: number): Step {
  const { screen } = journey
  if (!readsCards(screen) || screen.kind !== 'tap') return stay(journey)
  const { purpose } = screen
  const sending: Screen = { kind: 'sending', id: input.id, purpose, until: now + STAYS_MS.sending }
  return { journey: { ...journey, screen: sending }, requests: [asked(purpose, input, journey.language)] }
}

function asked(purpose: Purpose, tap: { readonly card: string; readonly id: string }, language: string): Request {
  const { card, id } = tap
  if (purpose.kind === 'stop') return { do: 'stop', id, body: { reference: purpose.reference, card } }
  if (purpose.kind === 'receipt') return { do: 'receipts', id, body: { card } }
  const { locationId, evseUid, connectorId, tariffId, holdChoices, hold } = purpose.offer
  const maximum = holdChoices && hold ? { maximumMinor: hold.amountMinor } : {}
  return { do: 'tap', id, body: { locationId, evseUid, connectorId, card, tariffId, ...maximum, language, tapId: id } }
}

function onBack(journey: Journey, now: number): Step {
  const { screen } = journey
  switch (screen.kind) {
    case 'sending':
      return stay(journey)
    case 'price':
      return show(journey, { kind: 'choose', until: now + STAYS_MS.choose })
    case 'tap':
      if (screen.purpose.kind !== 'start') return home(journey)
      return show(journey, { kind: 'price', offer: screen.purpose.offer, until: now + STAYS_MS.price })
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
