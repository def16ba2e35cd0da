/**
 * What each screen says: a title, what the driver can do, what happens to the money, how long it stays and where it
 * goes then. Pure, so that the promises to the driver are tested without pixels.
 */

import type { Money, PaymentView, Wait } from './link.ts'
import { OUTCOMES, WAITS } from './link.ts'
import { ownWords } from './own-words.ts'
import { PIN_TRIES } from './pin.ts'
import type { Screen, Start } from './screens.ts'
import type { Word } from './texts.ts'
import { say, sayCharger, sayKnown, sayMoney } from './texts.ts'

/** What strangers may say on a screen that also has to say what happens to the money. */
const TITLE = 80
const SENTENCE = 140

export interface Wording {
  readonly title: string
  readonly body?: string
  /** What became, or becomes, of the driver's money. */
  readonly money?: string
  /** When the wait ends, ms since 1970. Screens count down to it. */
  readonly until?: number
  /** What happens when the time is up. */
  readonly afterwards?: string
}

export function wordingOf(screen: Screen, language: string): Wording {
  const t = (word: Word, values?: Readonly<Record<string, string>>): string => say(language, word, values)
  const leaves = screen.kind === 'home' ? {} : { until: screen.until, afterwards: t('then-home') }
  switch (screen.kind) {
    case 'home':
      return { title: t('home-title'), body: t('home-hint') }
    case 'choose':
      return { title: t('choose-title'), ...leaves }
    case 'price':
      return {
        title: t('price-title', { label: sayCharger(language, screen.offer.label) }),
        ...leaves,
        afterwards: t('then-home-nothing'),
      }
    case 'tap':
      return {
        title: t('tap-title'),
        body: tapBody(screen, language),
        ...leaves,
        ...(screen.purpose.kind === 'start' ? { afterwards: t('then-home-nothing') } : {}),
      }
    case 'pin':
      return { title: t('pin-title'), body: pinBody(screen, language), ...leaves, afterwards: t('then-home-nothing') }
    case 'sending':
      return { title: t(`sending-${screen.purpose.kind}`), until: screen.until, afterwards: t('then-unknown') }
    case 'restoring':
      return { title: t('restoring-title'), until: screen.until, afterwards: t('then-unknown') }
    case 'waiting':
      return waitingWords(screen.payment, screen.until, language)
    case 'charging':
      return {
        title: t('charging-title'),
        body: endText(screen.payment, language),
        ...leaves,
        afterwards: t('then-home-charging'),
      }
    case 'result':
      return { ...resultWords(screen.payment, language), ...leaves }
    case 'running':
      return {
        title: t('running-title'),
        body: screen.payments.length === 0 ? t('running-none') : undefined,
        ...leaves,
      }
    case 'receipts':
      return {
        title: t('receipts-title'),
        body: screen.receipts.length === 0 ? t('receipts-none') : undefined,
        ...leaves,
      }
    case 'receipt':
      return { title: t('receipt-title'), ...leaves }
    case 'language':
      return { title: t('language-title'), ...leaves }
    case 'notice': {
      const title = t(screen.why === 'still-waiting' ? 'still-waiting-title' : 'notice-title')
      return { title, body: sayKnown(language, 'refusal', screen.why), money: t(`money-${screen.money}`), ...leaves }
    }
  }
}

function tapBody(screen: Screen & { kind: 'tap' }, language: string): string {
  const { purpose } = screen
  if (purpose.kind === 'receipt') return say(language, 'tap-receipt')
  if (purpose.kind === 'stop') return say(language, 'tap-stop', { label: sayCharger(language, purpose.label) })
  const { hold } = purpose.offer
  const label = sayCharger(language, purpose.offer.label)
  const starts = hold
    ? say(language, 'tap-start', { label, held: sayMoney(language, hold) })
    : say(language, 'tap-start-open', { label })
  const needs = tapNeeds(purpose, language)
  return needs === undefined ? starts : `${starts} ${needs}`
}

/** A PIN that will be asked for, or cannot be, is no surprise after the tap. */
function tapNeeds({ check, bankWantsPin, offer }: Start, language: string): string | undefined {
  if (check === 'none') return undefined
  if (bankWantsPin) return say(language, check === 'pin' ? 'tap-bank-pin' : 'tap-bank-no-pin')
  const limit = offer.pinAbove ? sayMoney(language, offer.pinAbove) : ''
  return say(language, check === 'pin' ? 'tap-needs-pin' : 'tap-no-pin', { limit })
}

/** Why the PIN is asked; after a wrong one, how often it may still be tried. */
function pinBody({ purpose, why, triesLeft }: Screen & { kind: 'pin' }, language: string): string {
  if (triesLeft === 1) return say(language, 'pin-last')
  if (triesLeft < PIN_TRIES) return say(language, 'pin-again', { count: String(triesLeft) })
  const { hold, pinAbove } = purpose.offer
  const amount = (money: Money | undefined): string => (money ? sayMoney(language, money) : '–')
  return say(language, `pin-${why}`, { held: amount(hold), limit: amount(pinAbove) })
}

/** What a payment waits for: what the platform says, else what its state implies. */
export function waitOf(payment: PaymentView): Wait | undefined {
  const said = payment.waitingFor?.what
  const named = WAITS.find((wait) => wait === said)
  if (named || said !== undefined) return named
  const implied: Readonly<Record<string, Wait>> = {
    authorizing: 'psp',
    starting: 'charger',
    'awaiting-plug': 'plug',
    stopping: 'stop',
    'awaiting-cdr': 'cdr',
    capturing: 'capture',
    voiding: 'void',
  }
  return implied[payment.state]
}

function waitingWords(payment: PaymentView, leavesAt: number, language: string): Wording {
  const wait = waitOf(payment) ?? 'other'
  const told = wait === 'other' ? ownWords(payment.waitingFor?.what ?? '', TITLE) : ''
  const named = payment.waitingFor?.until
  const decided = named !== undefined && named <= leavesAt
  const help = say(language, `help-${wait}`, { label: sayCharger(language, payment.label) })
  return {
    title: told || say(language, `wait-${wait}`),
    body: payment.message === undefined ? help : outcomeText(payment.message, language),
    until: decided ? named : leavesAt,
    afterwards: sayUpTo(afterWait(wait, decided), payment, language),
  }
}

/** The platform decides at a time it named; a screen that leaves before that only says where the payment is found. */
function afterWait(wait: Wait | 'other', decided: boolean): Word {
  // An approval that comes more than a minute after the tap starts nothing: the platform gives it back. (F12)
  if (decided || wait === 'void' || wait === 'stop' || wait === 'psp') return `after-${wait}`
  return wait === 'cdr' || wait === 'capture' ? 'money-pending' : 'after-other'
}

/** A promise about the most that is paid: with a hold that may still grow, it names what it may grow to. */
function sayUpTo(word: Word, payment: PaymentView, language: string): string {
  const { holdUpTo } = payment
  const grows = GROWS[word]
  if (holdUpTo && grows) return say(language, grows, { most: sayMoney(language, holdUpTo) })
  return say(language, word, { held: heldText(payment, language) })
}

const GROWS: { readonly [W in Word]?: Word } = {
  'up-to': 'up-to-growing',
  'after-capture': 'after-capture-growing',
  'money-stuck': 'money-stuck-growing',
}

const endText = (payment: PaymentView, language: string): string | undefined =>
  payment.held && sayUpTo('up-to', payment, language)

/** Before the provider has answered there is no amount yet; a dash is then less wrong than a zero. */
function heldText(payment: PaymentView, language: string): string {
  return payment.held ? sayMoney(language, payment.held) : '–'
}

function outcomeText(message: string, language: string): string {
  return OUTCOMES.some((outcome) => outcome === message)
    ? sayKnown(language, 'outcome', message)
    : ownWords(message, SENTENCE)
}

function resultWords(payment: PaymentView, language: string): Wording {
  const end = endOf(payment)
  const body = payment.message === undefined ? undefined : outcomeText(payment.message, language)
  return {
    title: say(language, (end === 'declined' && NOT_DECLINED[payment.message ?? '']) || `result-${end}`),
    body,
    money: moneyAtEnd(payment, language),
  }
}

/** Nobody said no to the card: calling it declined would send the driver looking for another one. */
const NOT_DECLINED: Readonly<Record<string, Word>> = {
  'psp-unavailable': 'result-unanswered',
  'pin-needed': 'result-pin-needed',
}

type End = 'captured' | 'voided' | 'declined' | 'stuck'

/** A final state we have no words for is one that somebody must look at. */
export function endOf(payment: PaymentView): End {
  const ends: readonly End[] = ['captured', 'voided', 'declined', 'stuck']
  return ends.find((end) => end === payment.state) ?? 'stuck'
}

/** The sentence about the money on every final screen; there is always one. */
export function moneyAtEnd(payment: PaymentView, language: string): string {
  const { held, captured } = payment
  const heldText = held && sayMoney(language, held)
  const end = endOf(payment)
  if (end === 'captured' && captured) {
    const rest = held && held.currency === captured.currency ? held.amountMinor - captured.amountMinor : 0
    const values = {
      captured: sayMoney(language, captured),
      rest: sayMoney(language, { amountMinor: rest, currency: captured.currency }),
    }
    return say(language, rest > 0 ? 'money-captured' : 'money-captured-all', values)
  }
  if (end === 'captured') return say(language, 'money-pending')
  if (end === 'declined') return say(language, 'money-declined')
  if (end === 'voided')
    return say(language, heldText ? 'money-voided' : 'money-voided-unheld', { held: heldText ?? '' })
  return held ? sayUpTo('money-stuck', payment, language) : say(language, 'money-stuck-unheld')
}
