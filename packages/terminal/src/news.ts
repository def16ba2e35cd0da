/** What the platform says and what time does: the half of the journey that the driver does not steer. */

import type { Journey, News, Request, Step } from './inputs.ts'
import { findOffer, home, samePrice, show, stay, withMaximumOf } from './inputs.ts'
import type { Offers, PaymentView, Receipt } from './link.ts'
import type { MoneySaid, Purpose, Screen, Wanted } from './screens.ts'
import {
  isAfterCharging,
  isGivenUp,
  paymentScreen,
  referenceShown,
  restoredScreen,
  STAYS_MS,
  tapUnknown,
} from './screens.ts'
import { languagesOffered } from './texts.ts'

export function onNews(journey: Journey, news: Exclude<News, { type: 'tick' }>, now: number): Step {
  const { screen } = journey
  switch (news.type) {
    case 'link':
      return stay(journey.online === news.online ? journey : { ...journey, online: news.online })
    case 'offers':
      return onOffers({ ...journey, online: true }, news.offers, now)
    case 'payment':
      return onPayment({ ...journey, online: true }, news.payment, now)
    case 'answered':
      if (isAsked(screen, news.id)) return show(journey, paymentScreen(news.payment, now))
      if (tapUnknown(screen) !== news.id) return stay(journey)
      return screen.kind === 'restoring'
        ? restore(journey, screen, news.payment, now)
        : show(journey, paymentScreen(news.payment, now))
    case 'refused':
      return isAsked(screen, news.id) ? onRefused(journey, screen, news.why, now) : stay(journey)
    case 'receipts':
      return isAsked(screen, news.id) ? show(journey, receiptScreen(screen.purpose, news.receipts, now)) : stay(journey)
    case 'unknown-payment':
      return screen.kind === 'restoring' && referenceShown(screen) === news.reference ? home(journey) : stay(journey)
  }
}

function onOffers(journey: Journey, offers: Offers, now: number): Step {
  const known = languagesOffered(offers)
  const language =
    [journey.language, offers.language].find((wanted) => known.some((l) => l === wanted)) ?? known[0] ?? 'en'
  const next: Journey = { ...journey, offers, language }
  const { screen } = next
  if (screen.kind === 'running') return show(next, { ...screen, payments: offers.open })
  const wanted = wantedOn(screen)
  if (!wanted) return stay(next)
  const fresh = findOffer(offers, wanted.offer)
  if (!fresh?.available) return show(next, notice('not-available', 'nothing-held', now))
  // Also while it is only read: whoever accepts has seen every word of what is accepted.
  if (!samePrice(fresh, wanted.offer)) return show(next, { ...notice('price-changed', 'nothing-held', now), wanted })
  return screen.kind === 'price' ? show(next, { ...screen, offer: withMaximumOf(fresh, screen.offer) }) : stay(next)
}

/** The charger whose price is on the screen, or was accepted on the way to it. */
function wantedOn(screen: Screen): Wanted | undefined {
  if (screen.kind === 'price') return wanted(screen)
  const asksForCard = screen.kind === 'tap' || screen.kind === 'pin'
  return asksForCard && screen.purpose.kind === 'start' ? wanted(screen.purpose) : undefined
}

const wanted = ({ offer, bankWantsPin }: Wanted): Wanted => ({ offer, ...(bankWantsPin && { bankWantsPin }) })

/** News of the payment on show moves the screen; news of another one only makes home stale. */
function onPayment(journey: Journey, payment: PaymentView, now: number): Step {
  const { screen } = journey
  const shown =
    screen.kind === 'waiting' || screen.kind === 'charging' || screen.kind === 'result'
      ? screen.payment.reference
      : undefined
  const restored =
    screen.kind === 'restoring' || (isGivenUp(screen) && payment.final) ? referenceShown(screen) : undefined
  // A driver about to stop must hear that it has already ended.
  const stopping =
    (screen.kind === 'tap' || screen.kind === 'sending') &&
    screen.purpose.kind === 'stop' &&
    payment.state !== 'charging'
  const concerned =
    shown ?? restored ?? (stopping && screen.purpose.kind === 'stop' ? screen.purpose.reference : undefined)
  if (concerned !== payment.reference) {
    const listed = journey.offers?.open.some((open) => open.reference === payment.reference) ?? false
    return listed && !payment.final
      ? stay(journey)
      : { journey, requests: [{ do: 'load-offers', language: journey.language }] }
  }
  if (screen.kind === 'restoring') return restore(journey, screen, payment, now)
  if ('payment' in screen && isOlder(payment, screen.payment)) return stay(journey)
  const next = paymentScreen(payment, now)
  const same = next.kind === screen.kind && (next.kind === 'charging' || next.kind === 'result')
  return show(journey, same ? ({ ...next, until: (screen as typeof next).until } as Screen) : next)
}

function restore(journey: Journey, { of }: Screen & { kind: 'restoring' }, payment: PaymentView, now: number): Step {
  const screen = restoredScreen(payment, of, now)
  return screen ? show(journey, screen) : home(journey)
}

/** News and answers travel apart and overtake each other: what was true earlier moves no screen back. */
const isOlder = (said: PaymentView, shown: PaymentView): boolean =>
  (shown.final && !said.final) || (said.now !== undefined && shown.now !== undefined && said.now < shown.now)

function onRefused(journey: Journey, screen: Screen & { kind: 'sending' }, why: string, now: number): Step {
  const { purpose } = screen
  if (purpose.kind !== 'start')
    return show(journey, notice(why, 'unchanged', now, purpose.kind === 'stop' ? purpose.reference : undefined))
  const told = notice(why, 'nothing-held', now)
  if (why !== 'price-changed' && why !== 'no-such-maximum') return show(journey, told)
  // The platform knows a price that this screen has not heard of.
  const offers: Request = { do: 'load-offers', language: journey.language }
  return { journey: { ...journey, screen: { ...told, wanted: wanted(purpose) } }, requests: [offers] }
}

/** Time alone: a screen whose time is up leaves, saying so when money is involved. */
export function onTick(journey: Journey, now: number): Step {
  const { screen } = journey
  if (screen.kind === 'home') return stay(journey)
  if (
    screen.kind === 'waiting' &&
    !screen.asked &&
    now >= (screen.payment.waitingFor?.until ?? screen.until) &&
    now < screen.until
  ) {
    const asked: Screen = { ...screen, asked: true }
    return {
      journey: { ...journey, screen: asked },
      requests: [{ do: 'load-payment', reference: screen.payment.reference }],
    }
  }
  if (now < screen.until) return stay(journey)
  if (screen.kind === 'sending') {
    const { purpose, id } = screen
    if (purpose.kind === 'start') return show(journey, { ...notice('no-answer', 'unknown', now), tap: id })
    const reference = purpose.kind === 'stop' ? purpose.reference : undefined
    return show(journey, notice('no-answer', 'unchanged', now, reference))
  }
  if (screen.kind === 'restoring') {
    const { of } = screen
    if ('tap' in of) return show(journey, { ...notice('no-answer', 'unknown', now), tap: of.tap })
    return show(journey, notice('no-answer', 'unchanged', now, of.payment))
  }
  if (screen.kind === 'waiting') {
    const { payment } = screen
    const money = payment.state === 'voiding' ? 'releasing' : isAfterCharging(payment) ? 'pending' : 'goes-on'
    return show(journey, notice('still-waiting', money, now, screen.payment.reference))
  }
  return home(journey)
}

function receiptScreen(purpose: Purpose, receipts: readonly Receipt[], now: number): Screen {
  const wanted = purpose.kind === 'receipt' ? receipts.find((r) => r.reference === purpose.reference) : undefined
  if (wanted) return { kind: 'receipt', receipt: wanted, others: receipts, until: now + STAYS_MS.receipt }
  return { kind: 'receipts', receipts, until: now + STAYS_MS.receipts }
}

function isAsked(screen: Screen, id: string): screen is Screen & { kind: 'sending' } {
  return screen.kind === 'sending' && screen.id === id
}

export function notice(why: string, money: MoneySaid, now: number, reference?: string): Screen & { kind: 'notice' } {
  return { kind: 'notice', why, money, reference, until: now + STAYS_MS.notice }
}
