import { expect, test } from 'vitest'
import { decimal, fraction } from './decimal.ts'
import { amountText, moneyText } from './display-money.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

test('a price has the decimals it needs: from those of its currency to four, half up (G-19)', () => {
  const euro = (amount: number) => plain(moneyText(decimal(amount), 'EUR', 'en'))
  expect([1, 0.5, 0.125, 0.39999, 0.00004, -0.605].map(euro)).toEqual([
    '€1.00',
    '€0.50',
    '€0.125',
    '€0.40',
    '€0.00',
    '-€0.605',
  ])
  expect(plain(moneyText(fraction(1, 3), 'EUR', 'de'))).toBe('0,3333 €')
  expect(plain(moneyText(decimal(75.25), 'JPY', 'en'))).toBe('¥75.25')
  expect(plain(moneyText(decimal(0.5), 'KWD', 'en'))).toBe('KWD 0.500')
})

test('an amount that is paid has exactly those of its currency', () => {
  const paid = (amount: number, currency: string) => plain(amountText(decimal(amount), currency, 'nl'))
  expect([paid(0.125, 'EUR'), paid(75.5, 'JPY'), paid(0.0005, 'KWD')]).toEqual(['€ 0,13', 'JP¥ 76', 'KWD 0,001'])
})

test('an amount beyond the safe integers is written to its last digit', () => {
  expect(amountText(decimal('12345678901234567890.12'), 'EUR', 'en')).toBe('€12,345,678,901,234,567,890.12')
})
