import { currencyDigits, knowsCurrency } from '@plugtill/pricing/money'
import { currencyDigits as digitsShown } from '@plugtill/terminal/currency-digits'
import { LANGUAGES, sayMoney } from '@plugtill/terminal/texts'
import { expect, test } from 'vitest'
import { moneyText } from '../src/text/money.ts'

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const currencies = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c))).filter(knowsCurrency)
/** 1234567 with its point, by digits behind it. */
const WRITTEN = ['1234567', '123456.7', '12345.67', '1234.567']

test('drivers, receipts, the console and the command read an amount in the digits in which it is counted', () => {
  expect(currencies.length).toBeGreaterThan(150)
  const wrong: string[] = []
  for (const currency of currencies) {
    const written = WRITTEN[currencyDigits(currency)]
    const money = { amountMinor: 1_234_567, currency }
    if (digitsShown(currency) !== currencyDigits(currency)) wrong.push(`${currency}: console`)
    if (moneyText({ amount_minor: 1_234_567, currency }) !== `${written} ${currency}`)
      wrong.push(`${currency}: command`)
    for (const language of Object.keys(LANGUAGES)) {
      const digits = sayMoney(language, money).replace(/^[^\d]*|[^\d]*$/g, '')
      const [, whole = '', part = ''] = /^([\d.,\s]*?)(?:[.,](\d{1,2}|\d{3}))?$/.exec(digits) ?? []
      const said = currencyDigits(currency) === 0 ? digits.replace(/\D/g, '') : `${whole.replace(/\D/g, '')}.${part}`
      if (said !== written) wrong.push(`${currency}: ${language} ${digits}`)
    }
  }
  expect(wrong).toEqual([])
})

test.each([
  ['HUF', '15.000,00 HUF'],
  ['COP', '15.000,00 COP'],
  ['IQD', '1.500,000 IQD'],
  ['LBP', '15.000,00 LBP'],
  ['ISK', '1.500.000 ISK'],
])('1500000 of %s are shown as %s', (currency, said) => {
  expect(sayMoney('de', { amountMinor: 1_500_000, currency }).replace(/\s/g, ' ')).toBe(said)
})
