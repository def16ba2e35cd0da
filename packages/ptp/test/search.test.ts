/** How an operator finds a payment, and what needs somebody. */
import { expect, test } from 'vitest'
import { amountWord, searchedWords } from '../src/payment/amount-word.ts'
import { paymentWords } from '../src/payment/desk.ts'
import { eur, paymentIn } from './samples.ts'

test('a payment goes by its ids, its amounts and the digits a card shows, all in lower case', () => {
  const captured = { ...paymentIn('captured'), held: eur(5000), captured: eur(1234) }
  const words = paymentWords({ ...captured, card: { fingerprint: 'f', brand: 'Visa', masked: '**** 4242' } })
  expect(words).toEqual(expect.arrayContaining([captured.id, '50.00', '12.34', '4242', 'visa']))
  expect(words).toEqual(words.map((word) => word.toLowerCase()))
  expect(words.join(' ')).not.toContain('****')
})

test('amounts are written with the digits of their currency', () => {
  expect(amountWord({ amountMinor: 5, currency: 'EUR' })).toBe('0.05')
  expect(amountWord({ amountMinor: 1500, currency: 'JPY' })).toBe('1500')
})

test('what is typed is read as words: decimal commas, currencies and capitals do not matter', () => {
  expect(searchedWords(' EUR 12,34  T-1 ')).toEqual(['12.34', 't-1'])
  expect(searchedWords('€12.34')).toEqual(['12.34'])
  expect(searchedWords('')).toEqual([])
})
