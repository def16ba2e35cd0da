/** What the platform says and what time does: the half of the journey that the driver does not steer. */

import type { Journey, News, Step } from './inputs.ts'
import { findOffer, home, show, stay } from './inputs.ts'
import type { Offer, Offers, PaymentView, Receipt } from './link.ts'
import type { MoneySaid, Purpose, Screen } from './screens.ts'
import { isAfterCharging, paymentScreen, referenceShown, STAYS_MS } from './screens.ts'
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
      return isAsked(screen, news.id) || isRestored(screen, news.id)
        ? show(journey, paymentScreen(news.payment, now))
        : stay(journey)
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
  const chosen =
    screen.kind === 'price'
      ? screen.offer
      : (screen.kind === 'tap' || screen.kind === 'pin') && screen.purpose.kind === 'start'
        ? screen.purpose.offer
        : undefined
  if (!chosen) return stay(next)
  const fresh = findOffer(offers, chosen)
  if (!fresh?.available) return show(next, notice('not-available', 'nothing-held', now))
  // A price that was not the one accepted must be seen again before a card is read.
  const priceMoved = screen.kind !== 'price' && !samePrice(fresh, chosen)
  if (priceMoved) return show(next, notice('price-changed', 'nothing-held', now))
  return screen.kind === 'price' ? show(next, { ...screen, offer: fresh }) : stay(next)
}

/** News of the payment on show moves the screen; news of another one only makes home stale. */
function onPayment(journey: Journey, payment: PaymentView, now: number): Step {
  const { screen } = journey
  const shown =
    screen.kind === 'waiting' || screen.kind === 'charging' || screen.kind === 'result'
      ? screen.payment.reference
      : undefined
  const restored = screen.kind === 'restoring' ? referenceShown(screen) : undefined
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
  if ('payment' in screen && isOlder(payment, screen.payment)) return stay(journey)
  const next = paymentScreen(payment, now)
  const same = next.kind === screen.kind && (next.kind === 'charging' || next.kind === 'result')
  return show(journey, same ? ({ ...next, until: (screen as typeof next).until } as Screen) : next)
}

/** News and answers travel apart and overtake each other: what was true earlier moves no screen back. */
const isOlder = (said: PaymentView, shown: PaymentView): boolean =>
  (shown.final && !said.final) || (said.now !== undefined && shown.now !== undefined && said.now < shown.now)

function onRefused(journey: Journey, screen: Screen & { kind: 'sending' }, why: string, now: number): Step {
  const money: MoneySaid = screen.purpose.kind === 'start' ? 'nothing-held' : 'unchanged'
  const reference = screen.purpose.kind === 'stop' ? screen.purpose.reference : undefined
  return show(journey, notice(why, money, now, reference))
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
    const money: MoneySaid = screen.purpose.kind === 'start' ? 'unknown' : 'unchanged'
    return show(journey, notice('no-answer', money, now))
  }
  if (screen.kind === 'restoring') {
    const reference = referenceShown(screen)
    return show(journey, notice('no-answer', reference === undefined ? 'unknown' : 'unchanged', now, reference))
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

function samePrice(a: Offer, b: Offer): boolean {
  return (
    a.tariffId === b.tariffId && a.hold?.amountMinor === b.hold?.amountMinor && a.hold?.currency === b.hold?.currency
  )
}

function isAsked(screen: Screen, id: string): screen is Screen & { kind: 'sending' } {
  return screen.kind === 'sending' && screen.id === id
}

/** The answer to a tap that was sent before the reload. */
function isRestored(screen: Screen, id: string): boolean {
  return screen.kind === 'restoring' && 'tap' in screen.of && screen.of.tap === id
}

export function notice(why: string, money: MoneySaid, now: number, reference?: string): Screen {
  return { kind: 'notice', why, money, reference, until: now + STAYS_MS.notice }
}
