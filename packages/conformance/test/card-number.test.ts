import { expect, test } from 'vitest'
import { cardNumberIn } from '../src/checks/card-number.ts'

test.each([
  ['VISA 4242424242424242', '4242424242424242'],
  ['VISA4242424242424242', '4242424242424242'],
  ['CARD 5555 5555 5555 4444', '5555555555554444'],
  ['["AMEX","3782-822463-10005"]', '378282246310005'],
])('a whole card number is found in %s', (text, digits) => {
  expect(cardNumberIn(text)).toBe(digits)
})

test.each([
  ['a UUID of an advice', '"id":"63468191-6749-4270-8617-04966c6a7a9b"'],
  ['a UUID whose last groups begin with digits', '{"id":"60817c8b-d89f-4d47-9757-4028576364b2","x":1}'],
  ['a hash', '"9c1f4242424242424242ab03"'],
  ['an application of a card (AID)', '["AID A0000000041018","TVR 0000008000"]'],
  ['a masked number', '**** **** **** 4242'],
  ['digits whose last is wrong', 'TRACE 4242424242424243'],
  ['an amount', '4242424242424.242'],
])('%s is no card number', (_what, text) => {
  expect(cardNumberIn(text)).toBeUndefined()
})
