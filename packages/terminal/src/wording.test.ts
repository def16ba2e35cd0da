import { expect, test } from 'vitest'
import { held, NOW, offer, payment } from '../test/examples.ts'
import { chargerState } from './charger-state.ts'
import type { Money, PaymentView } from './link.ts'
import { OUTCOMES, REFUSALS, WAITS } from './link.ts'
import { paymentScreen } from './screens.ts'
import { LANGUAGES, languagesOffered, say, sayDuration, sayMoney } from './texts.ts'
import { wordingOf } from './wording.ts'
import type { Word } from './words.en.ts'
import { en } from './words.en.ts'

const languages = Object.keys(LANGUAGES)
const shown = (view: Partial<PaymentView>, language = 'en') =>
  wordingOf(paymentScreen({ ...payment, held, ...view }, NOW), language)

test('every wait says what it waits for, until when, and what happens then', () => {
  for (const language of languages) {
    for (const what of WAITS) {
      const words = shown({ state: 'starting', waitingFor: { what, until: NOW + 60_000 } }, language)
      expect(words.title).toBe(say(language, `wait-${what}`))
      expect(words.until).toBe(NOW + 60_000)
      expect(words.afterwards).not.toMatch(/^$|[{}]/)
    }
  }
})

test('a wait the terminal has no words for shows the words of the platform', () => {
  expect(shown({ waitingFor: { what: 'Please park in the marked bay' } }).title).toBe('Please park in the marked bay')
})

test('a wait whose end the platform did not name promises no decision at the end of the screen', () => {
  const words = shown({ state: 'starting', waitingFor: { what: 'charger' } })
  expect(words.until).toBe(NOW + 120_000)
  expect(words.afterwards).toBe('Then back to the start page. Your payment goes on.')
  expect(shown({ state: 'voiding', waitingFor: undefined }).afterwards).toContain('Nothing is taken')
  expect(shown({ state: 'authorizing', waitingFor: { what: 'psp' } }).afterwards).toBe(
    'No answer by then: nothing is taken, and anything reserved is released.',
  )
})

test('a wait that outlasts the screen says where the driver finds the amount later', () => {
  const words = shown({ state: 'awaiting-cdr', waitingFor: { what: 'cdr', until: NOW + 86_400_000 } })
  expect(words.until).toBe(NOW + 180_000)
  expect(words.afterwards).toContain('under Receipt')
})

test('every end of a payment says what happened to the money', () => {
  const cases: [Partial<PaymentView>, string][] = [
    [
      { state: 'captured', captured: { amountMinor: 1210, currency: 'EUR' } },
      'You paid €12.10. The other €37.90 that was reserved is released.',
    ],
    [{ state: 'captured', captured: held }, 'You paid €50.00.'],
    [{ state: 'voided' }, 'Nothing was taken. The reserved €50.00 is released; your bank may show it for some days.'],
    [{ state: 'voided', held: undefined }, 'Nothing was reserved and nothing was taken.'],
    [{ state: 'declined', held: undefined }, 'Nothing was reserved and nothing was taken.'],
    [{ state: 'stuck' }, 'You never pay more than the reserved €50.00. The operator settles the rest with your bank.'],
    [{ state: 'something-new', held: undefined }, 'Nothing was taken. The operator has been told.'],
  ]
  expect(cases.map(([view]) => shown({ ...view, final: true }).money)).toEqual(cases.map(([, text]) => text))
})

test('a hold that may grow promises what it may grow to, and never that the amount of now is the end', () => {
  const holdUpTo = { amountMinor: 8000, currency: 'EUR' }
  const most: readonly [Partial<PaymentView>, string][] = [
    [{ state: 'charging' }, 'The reservation may grow up to €80.00. You never pay more.'],
    [
      { state: 'capturing', waitingFor: { what: 'capture', until: NOW + 60_000 } },
      'If it takes longer, we keep trying. You never pay more than €80.00.',
    ],
    [{ state: 'stuck', final: true }, 'You never pay more than €80.00. The operator settles the rest with your bank.'],
  ]
  const said = ({ body, money, afterwards }: ReturnType<typeof shown>) => [body, money, afterwards]
  for (const [view, text] of most) expect(said(shown({ ...view, holdUpTo }))).toContain(text)
  expect(shown({ state: 'charging' }).body).toBe('Stops at €50.00 at the latest.')
  for (const language of languages) {
    for (const [view] of most) {
      const words = said(shown({ ...view, holdUpTo }, language)).join(' ')
      expect(words).toContain(sayMoney(language, holdUpTo))
      expect(words).not.toContain(sayMoney(language, held))
    }
  }
})

test('charging that was stopped for the hold is said to be, while it ends and when it is paid', () => {
  const captured = { amountMinor: 4950, currency: 'EUR' }
  const views: readonly Partial<PaymentView>[] = [{ state: 'stopping' }, { state: 'captured', final: true, captured }]
  for (const view of views)
    expect(shown({ ...view, message: 'hold-used-up' }).body).toBe(
      'Charging was stopped before it could cost more than was reserved.',
    )
})

test('every failure on the way says what it means for the money', () => {
  for (const language of languages) {
    for (const why of [...REFUSALS, 'no-answer', 'still-waiting']) {
      for (const money of ['nothing-held', 'unknown', 'unchanged', 'goes-on', 'pending', 'releasing'] as const) {
        const words = wordingOf({ kind: 'notice', why, money, until: NOW }, language)
        expect(words.body).not.toBe(why)
        expect(words.money).toBe(say(language, `money-${money}`))
      }
    }
    for (const outcome of OUTCOMES)
      expect(shown({ message: outcome, final: true, state: 'voided' }, language).body).not.toBe(outcome)
  }
})

test('the reader says how much it will reserve and for which charger', () => {
  expect(wordingOf({ kind: 'tap', purpose: { kind: 'start', offer, check: 'none' }, until: NOW }, 'en').body).toBe(
    'We reserve €50.00 and start Bay 1.',
  )
})

test('a card is called declined only when somebody declined it', () => {
  expect(shown({ state: 'declined', final: true, message: 'declined' }).title).toBe('Card declined')
  expect(shown({ state: 'declined', final: true, message: 'psp-unavailable' }).title).toBe('Your bank did not answer')
})

test('a charger whose label is only a number is called one', () => {
  const titled = (label: string, language: string) =>
    wordingOf({ kind: 'price', offer: { ...offer, label }, until: NOW }, language).title
  expect(['en', 'de', 'nl'].map((language) => titled('3', language))).toEqual([
    'Price at Charger 3',
    'Preis an Ladepunkt 3',
    'Prijs bij Laadpunt 3',
  ])
  expect(titled('Bay 1', 'en')).toBe('Price at Bay 1')
  expect(shown({ state: 'awaiting-plug', label: '07', waitingFor: { what: 'plug' } }).body).toBe(
    'Charger 07 is ready for you. Connect the cable.',
  )
})

test('whether a charger can be had is said in words that fit their row, in every language', () => {
  const taken = { ...offer, available: false }
  const states = [
    offer,
    { ...taken, status: 'AVAILABLE', reason: 'not-available' },
    { ...taken, reason: 'no-price' },
    ...['BLOCKED', 'CHARGING', 'INOPERATIVE', 'OUTOFORDER', 'PLANNED', 'RESERVED', 'UNKNOWN'].map((status) => ({
      ...taken,
      status,
      reason: 'not-available',
    })),
  ]
  expect(states.slice(0, 3).map((one) => chargerState(one, 'de'))).toEqual(['Verfügbar', 'Belegt', 'Kein Preis'])
  for (const language of languages)
    for (const one of states) expect(chargerState(one, language).length).toBeLessThanOrEqual(20)
})

test('a charging screen that leaves says that charging goes on', () => {
  expect(shown({ state: 'charging' }).afterwards).toBe('Then back to the start page. Charging goes on.')
})

test('all languages fill the same names', () => {
  const names = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
  for (const word of Object.keys(en) as Word[]) {
    for (const words of Object.values(LANGUAGES)) expect(names(words[word])).toEqual(names(en[word]))
  }
})

test('only languages of the tariffs are offered, and English when none of them has words', () => {
  const offers = { terminalId: 'T', model: 'apollo', language: 'en', chargers: [], open: [] }
  expect(languagesOffered({ ...offers, languages: ['NL', 'fr', 'de', 'nl'] })).toEqual(['nl', 'de'])
  expect(languagesOffered({ ...offers, languages: ['fr'] })).toEqual(['en'])
})

test('amounts are written exactly, in the digits of their currency', () => {
  const cases: [Money, string][] = [
    [{ amountMinor: 9007199254740991, currency: 'EUR' }, '€90,071,992,547,409.91'],
    [{ amountMinor: 5, currency: 'EUR' }, '€0.05'],
    [{ amountMinor: -1210, currency: 'EUR' }, '-€12.10'],
    [{ amountMinor: 1500, currency: 'JPY' }, 'JP¥1,500'],
    [{ amountMinor: 1500, currency: 'KWD' }, 'KWD 1.500'],
    [{ amountMinor: 1500, currency: 'not a currency' }, '15.00 not a currency'],
  ]
  expect(cases.map(([money]) => sayMoney('en', money).replace(/\s/g, ' '))).toEqual(cases.map(([, text]) => text))
})

test('a countdown shows zero only when time is up', () => {
  expect([sayDuration(1), sayDuration(0), sayDuration(-5), sayDuration(90_000), sayDuration(3_750_000)]).toEqual([
    '0:01',
    '0:00',
    '0:00',
    '1:30',
    '1:02:30',
  ])
})
