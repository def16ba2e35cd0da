/** The promise to the driver, over everything a platform can say: no end, no failure and no wait leaves the money open. */
import { expect, test } from 'vitest'
import { held, NOW, offer, payment } from '../test/examples.ts'
import { connectionLost } from './connection-lost.ts'
import type { PaymentView } from './link.ts'
import { OUTCOMES, REFUSALS } from './link.ts'
import type { Screen } from './screens.ts'
import { paymentScreen } from './screens.ts'
import { LANGUAGES, sayMoney } from './texts.ts'
import type { Wording } from './wording.ts'
import { wordingOf } from './wording.ts'

const languages = Object.keys(LANGUAGES)
const captured = { amountMinor: 1210, currency: 'EUR' }
/** The last one is a state of a later version. */
const ENDS = ['captured', 'voided', 'declined', 'stuck', 'something-new']
const WAITING = [
  'authorizing',
  'starting',
  'awaiting-plug',
  'stopping',
  'awaiting-cdr',
  'capturing',
  'voiding',
  'later',
]

/** What the words of an end must say of the money, by language: taken, given back or never touched. */
const NOTHING_TAKEN = {
  en: /nothing was taken|never pay more/i,
  de: /nichts abgebucht|nie mehr/i,
  nl: /niets afgeschreven|nooit meer/i,
}

const said = (view: Partial<PaymentView>, language: string): Wording =>
  wordingOf(paymentScreen({ ...payment, waitingFor: undefined, ...view }, NOW), language)

const complete = (text: string | undefined): void => {
  expect(text).toMatch(/\S.*[.…]$/)
  expect(text).not.toMatch(/[{}]|undefined/)
}

test.each(languages)('every end with every reason, held or not, says what happened to the money (%s)', (language) => {
  for (const state of ENDS) {
    for (const message of [undefined, ...OUTCOMES, 'Words of the platform.']) {
      for (const holding of [undefined, held]) {
        const taken = state === 'captured' ? { captured } : {}
        const { money, title } = said({ state, final: true, message, held: holding, ...taken }, language)
        expect(title).toMatch(/\S/)
        complete(money)
        if (state === 'captured') expect(money).toContain(sayMoney(language, captured))
        else expect(money).toMatch(NOTHING_TAKEN[language as keyof typeof NOTHING_TAKEN])
        if (holding && ['voided', 'stuck'].includes(state)) expect(money).toContain(sayMoney(language, held))
      }
    }
  }
})

test.each(languages)('every wait says what for, until when, and what happens to the money then (%s)', (language) => {
  for (const state of WAITING) {
    for (const message of [undefined, ...OUTCOMES]) {
      for (const named of [undefined, NOW + 60_000, NOW + 86_400_000]) {
        const waitingFor = named === undefined ? undefined : { what: 'charger', until: named }
        const words = said({ state, message, held, waitingFor }, language)
        expect(words.title).toMatch(/\S/)
        expect(words.until).toBeGreaterThan(NOW)
        complete(words.afterwards)
      }
    }
  }
})

test.each(languages)(
  'a platform that says only that it is captured promises the amount and invents none (%s)',
  (language) => {
    const { money } = said({ state: 'captured', final: true, held }, language)
    complete(money)
    expect(money).not.toMatch(/\d+[.,]\d\d/)
  },
)

test.each(languages)('every refusal has its words and its sentence about the money (%s)', (language) => {
  for (const why of [...REFUSALS, 'no-answer', 'still-waiting', 'no-pin-here', 'pin-wrong', 'offline']) {
    for (const money of ['nothing-held', 'unknown', 'unchanged', 'goes-on', 'pending', 'releasing'] as const) {
      const words = wordingOf({ kind: 'notice', why, money, until: NOW }, language)
      complete(words.body)
      complete(words.money)
    }
  }
})

test.each(languages)(
  'every screen that comes before a hold says, when its time is up, that nothing was taken (%s)',
  (language) => {
    const purpose = { kind: 'start', offer, check: 'none' } as const
    const screens = [
      { kind: 'price', offer, until: NOW },
      { kind: 'tap', purpose, until: NOW },
      { kind: 'pin', purpose, card: 'approved', id: 'a', why: 'limit', triesLeft: 3, until: NOW },
    ] as const
    for (const screen of screens) {
      const { afterwards } = wordingOf(screen, language)
      expect(afterwards).toBe(
        {
          en: 'Then back to the start page. Nothing has been taken.',
          de: 'Danach zurück zur Startseite. Es wurde nichts abgebucht.',
          nl: 'Daarna terug naar het beginscherm. Er is niets afgeschreven.',
        }[language],
      )
    }
  },
)

const start = { kind: 'start', offer, check: 'none' } as const
const stop = { kind: 'stop', reference: 'R1', label: 'Bay 1' } as const
const view = (state: string, more: Partial<PaymentView> = {}) =>
  paymentScreen({ ...payment, state, waitingFor: undefined, held, ...more }, NOW)

test.each<[string, Screen, RegExp]>([
  ['home', { kind: 'home' }, /nothing can be started/],
  ['choose', { kind: 'choose', until: NOW }, /Nothing has been reserved/],
  ['price', { kind: 'price', offer, until: NOW }, /Nothing has been reserved/],
  ['tap', { kind: 'tap', purpose: start, until: NOW }, /Nothing has been reserved/],
  ['sending', { kind: 'sending', id: 'a', purpose: start, until: NOW }, /your card is used once/],
  ['sending a stop', { kind: 'sending', id: 'a', purpose: stop, until: NOW }, /payment goes on/],
  ['restoring a tap', { kind: 'restoring', of: { tap: 'a', until: NOW }, until: NOW }, /your card is used once/],
  ['restoring a payment', { kind: 'restoring', of: { payment: 'R1', until: NOW }, until: NOW }, /payment goes on/],
  ['authorizing', view('authorizing', { held: undefined }), /no car charge with it, it is released/],
  ['starting', view('starting'), /never pay more than €50.00/],
  ['awaiting-plug', view('awaiting-plug'), /never pay more than €50.00/],
  ['charging', view('charging'), /Charging goes on; you never pay more than €50.00/],
  ['a growing hold', view('charging', { holdUpTo: captured }), /never pay more than €12.10/],
  ['stopping', view('stopping'), /never pay more than €50.00/],
  ['awaiting-cdr', view('awaiting-cdr'), /completed all the same; never more than €50.00/],
  ['capturing', view('capturing'), /completed all the same; never more than €50.00/],
  ['voiding', view('voiding'), /released all the same/],
  ['captured', view('captured', { final: true, captured }), /What is said here about your money holds/],
  ['an unanswered tap', { kind: 'notice', why: 'no-answer', money: 'unknown', until: NOW }, /your card is used once/],
  ['a refused tap', { kind: 'notice', why: 'not-available', money: 'nothing-held', until: NOW }, /Nothing has been/],
])('without a connection the screen says what that means for the money: %s', (_, screen, means) => {
  expect(connectionLost(screen, 'en')).toMatch(means)
  for (const language of languages) {
    const text = connectionLost(screen, language)
    complete(text)
    expect(text).toMatch(/^(No connection|Keine Verbindung|Geen verbinding)/)
    expect(text.match(/\d+/g)).toEqual(connectionLost(screen, 'en').match(/\d+/g))
  }
})
