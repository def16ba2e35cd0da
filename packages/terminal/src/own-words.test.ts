import fc from 'fast-check'
import { expect, test } from 'vitest'
import { payment } from '../test/examples.ts'
import { ownWords } from './own-words.ts'
import { paymentScreen } from './screens.ts'
import { sayCharger, sayDate, sayKnown, sayMoney } from './texts.ts'
import { wordingOf } from './wording.ts'

test('usual words stay as they are, in every script', () => {
  for (const usual of [
    'Bay 7',
    "Laadplein 's-Hertogenbosch, hof 2",
    'Straße 9 – P+R',
    '充電スタンド',
    'สถานีชาร์จ',
    '👩‍👩‍👧‍👦 ❤️',
  ])
    expect(ownWords(usual)).toBe(usual)
})

test('words that run from right to left are walled in, so that ours keep their order', () => {
  expect(ownWords('مرحبا 7')).toBe('\u2068مرحبا 7\u2069')
  expect(sayCharger('en', 'שלום')).toBe('\u2068שלום\u2069')
})

test('orders to turn or to hide what follows are taken out, line ends too, and a tower of accents ends', () => {
  expect(ownWords('\u202Egnp\u2066.exe\u200F')).toBe('gnp.exe')
  expect(ownWords('a\r\nb\u0000c\u2028d\u001B[31m')).toBe('a b c d [31m')
  expect(ownWords('z\u0301\u0302\u0303\u0304\u0305')).toBe('z\u0301\u0302\u0303')
  expect(ownWords('\uD800x')).toBe('\uFFFDx')
})

test('a text is cut between signs and says so; who sends megabytes costs no more work', () => {
  expect(ownWords('x'.repeat(20), 10)).toBe(`${'x'.repeat(9)}…`)
  expect(ownWords('🔌'.repeat(20), 3)).toBe('🔌🔌…')
  expect(ownWords('W'.repeat(10_000_000))).toHaveLength(300)
})

test('a charger whose name nobody can see still has one', () => {
  for (const unseen of ['', ' ', '\u200B', '\u3164', '\u202E\u0000', '\u0301', '\u200D'])
    expect(sayCharger('en', unseen), JSON.stringify(unseen)).toBe('–')
  expect(sayCharger('en', '\u202E7')).toBe('Charger 7')
})

test('whatever comes in, what is shown is short, whole and cannot turn its neighbours; shown twice it is the same', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({
      unit: fc.constantFrom('\u202E', '\u2067', '\u2069', 'ש', 'a', '\u200B', '\u0301', '🔌', ' '),
      maxLength: 60,
    }),
  )
  fc.assert(
    fc.property(texts, fc.integer({ min: 2, max: 50 }), (text, most) => {
      const own = ownWords(text, most)
      const inside = own.replace(/^\u2068(.*)\u2069$/su, '$1')
      expect(inside).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069]/u)
      expect(inside).not.toMatch(/\p{M}{4}/u)
      expect(Array.from(inside).length).toBeLessThanOrEqual(most)
      expect(ownWords(own, most)).toBe(own)
    }),
    { numRuns: 200 },
  )
})

test('the words of a platform or a partner are their own wherever a screen has none of ours', () => {
  const evil = '\u202Eevil'
  const view = { ...payment, waitingFor: { what: evil }, message: evil }
  expect(wordingOf(paymentScreen(view, 0), 'en')).toMatchObject({ title: 'evil', body: 'evil' })
  expect(wordingOf({ kind: 'notice', why: evil, money: 'unknown', until: 0 }, 'en').body).toBe('evil')
  expect(sayKnown('en', 'status', evil)).toBe('evil')
  expect(sayMoney('en', { amountMinor: 100, currency: evil })).toBe('1.00 evil')
  expect(sayDate('en', evil)).toBe('evil')
})
