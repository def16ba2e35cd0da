import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { carriesCardNumber, maskCardNumbers } from './card-number.ts'
import { type Psp, PspError } from './psp.ts'
import { openLedger } from './simulated/ledger.ts'
import { createSimulatedPsp } from './simulated/provider.ts'
import { withoutCardNumbers } from './without-card-numbers.ts'

const numbers = [
  '4242424242424242',
  '4242 4242 4242 4242',
  '4242-4242-4242-4242',
  '4242.4242.4242.4242',
  '4242\u00a04242\u00a04242\u00a04242',
  'x: 5555555555554444;',
  '378282246310005',
  '3782 822463 10005',
  '6011111111111117',
  '2223003122003222',
  '6759649826438453',
  '{"pan":"4000056655665556"}',
  '{"pan":4000056655665556}',
]

test.each(numbers)('%s is found, and of the masked text nothing is', (text) => {
  expect(carriesCardNumber(text)).toBe(true)
  expect(carriesCardNumber(maskCardNumbers(text))).toBe(false)
  expect(maskCardNumbers(text)).not.toMatch(/\d{5}/)
})

test.each([
  '4242424242424241',
  '1700000000000',
  '2026-03-01T12:00:00.000Z',
  '44441111-2222-4333-8444-555566667777',
  'pi_4242424242424242',
  '8535296650153317',
  '**** 4242',
  '411111******1111',
  '{"amountMinor":5000,"currency":"EUR","captureBefore":1772366400000}',
])('%s is none', (text) => {
  expect(carriesCardNumber(text)).toBe(false)
  expect(maskCardNumbers(text)).toBe(text)
})

test('whatever digits make a card number, they are found in the midst of any words', () => {
  const digit = fc.integer({ min: 0, max: 9 })
  const body = fc.tuple(fc.integer({ min: 2, max: 6 }), fc.array(digit, { minLength: 11, maxLength: 17 }))
  fc.assert(
    fc.property(
      body,
      fc.constantFrom('', ' ', '-'),
      fc.constantFrom(['', ''], ['card ', '!'], ['"', '"']),
      (b, s, w) => {
        const all = [b[0], ...b[1]]
        const sum = all.reduce((total, one, index) => {
          const doubled = (all.length - index) % 2 === 1 ? one * 2 : one
          return total + (doubled > 9 ? doubled - 9 : doubled)
        }, 0)
        const number = [...all, (10 - (sum % 10)) % 10].join(s)
        expect(carriesCardNumber(w[0] + number + w[1])).toBe(true)
      },
    ),
  )
})

test('among hundreds of quoted texts the one with a card number is found, and UUIDs of digits around it are none', () => {
  const digits = '44441111-2222-4333-8444-555566667777'
  const pieces = fc.array(fc.constantFrom(digits, `a-${digits}`, '4242', ' ', '-', '5', 'x', '2030-07-02T10:00:00Z'))
  fc.assert(
    fc.property(fc.array(pieces), fc.array(pieces), (before, after) => {
      const quoted = (all: readonly (readonly string[])[]) => all.map((one) => `"${one.join(',')}"`).join(':')
      expect(carriesCardNumber(`${quoted(before)}"card 4242 4242-42424242"${quoted(after)}`)).toBe(true)
      expect(carriesCardNumber(quoted([...before, [digits], ...after]))).toBe(
        [...before, ...after].some((one) => carriesCardNumber(one.join(','))),
      )
    }),
  )
})

/** Every text a caller can put into the port. */
const asks: Readonly<Record<string, (psp: Psp, text: string) => Promise<unknown>>> = Object.fromEntries(
  [
    ['key', 'reference', 'terminalId', 'card', 'consentRef'].map(
      (field) =>
        [
          `authorize ${field}`,
          (psp: Psp, text: string) =>
            psp.authorize({
              ...{ key: 'k', reference: 'r', terminalId: 't', card: 'approved', consentRef: 'c' },
              amount: { amountMinor: 1, currency: 'EUR' },
              [field]: text,
            }),
        ] as const,
    ),
    ['key', 'pspReference', 'reason'].flatMap((field) =>
      (['increment', 'reduce', 'capture', 'void', 'refund'] as const).map((operation) => {
        const money = { amountMinor: 1, currency: 'EUR' }
        const rest = { key: 'k', pspReference: 'p', cdrRef: 'c', reason: 'r', creditRef: 'r' }
        const run = (psp: Psp, text: string) =>
          psp[operation]({ ...rest, amount: money, newTotal: money, [field]: text })
        return [`${operation} ${field}`, run] as const
      }),
    ),
    [
      ['query reference', (psp: Psp, text: string) => psp.query({ reference: text })] as const,
      ['query pspReference', (psp: Psp, text: string) => psp.query({ pspReference: text })] as const,
      ['identify card', (psp: Psp, text: string) => psp.identify(text)] as const,
    ],
  ].flat(),
)

test.each(Object.keys(asks))(
  '%s with a card number is refused before the provider sees it, without its digits',
  async (name) => {
    const parts = { clock: { now: () => 1, after: () => () => {} }, ledger: openLedger(), random: () => 0 }
    for (const text of numbers) {
      const error = await asks[name]?.(createSimulatedPsp(parts), text).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ kind: 'refused' })
      expect(String(error)).toContain('carries a card number and was thrown away')
      expect(String(error)).not.toMatch(/\d/)
    }
    expect(parts.ledger.entries()).toEqual([])
  },
)

test.each(['20300101130003', ...numbers])(
  'a CDR or a credit that a CPO names %s moves its money, and the provider sees no more than four of the digits',
  async (text) => {
    const parts = { clock: { now: () => 1, after: () => () => {} }, ledger: openLedger(), random: () => 0 }
    const psp = createSimulatedPsp(parts)
    const amount = { amountMinor: 5, currency: 'EUR' }
    const hold = { key: 'a', reference: 'r', terminalId: 't', card: 'approved', amount }
    const { pspReference } = await psp.authorize(hold)
    const ask = { key: 'c', pspReference, amount, cdrRef: text }
    expect(await psp.capture(ask)).toMatchObject({ status: 'captured', captured: amount })
    expect(await psp.capture(ask)).toMatchObject({ status: 'captured', captured: amount })
    const credit = { key: 'r', pspReference, amount, creditRef: `Credit ${text}` }
    expect(await psp.refund(credit)).toMatchObject({ refunded: amount })
    const { captureCount, cdrRef } = (await psp.query({ pspReference })) ?? {}
    expect([captureCount, cdrRef]).toEqual([1, expect.stringMatching(/\*{4} \d{4}/)])
    expect(carriesCardNumber(JSON.stringify(parts.ledger.entries()))).toBe(false)
  },
)

test('an answer that carries a card number arrives masked: the money has moved', async () => {
  const parts = { clock: { now: () => 1, after: () => () => {} }, ledger: openLedger(), random: () => 0 }
  const chatty = createSimulatedPsp(parts)
  const psp = withoutCardNumbers({
    ...chatty,
    authorize: async (o) => ({ ...(await chatty.authorize(o)), eftData: ['PAN 4242 4242 4242 4242'] }),
  })
  const amount = { amountMinor: 5, currency: 'EUR' }
  const { eftData, status } = await psp.authorize({
    key: 'k',
    reference: 'r',
    terminalId: 't',
    card: 'approved',
    amount,
  })
  expect([status, eftData]).toEqual(['approved', ['PAN **** 4242']])
})

test('what a provider tells in a message arrives masked, also why it is no message', async () => {
  const parts = { clock: { now: () => 1, after: () => () => {} }, ledger: openLedger(), random: () => 0 }
  const told = (ingest: Psp['ingest']) =>
    withoutCardNumbers({ ...createSimulatedPsp(parts), ingest }).ingest({ body: '4242424242424242', headers: {} })
  expect(await told(async ({ body }) => [{ eventId: 'e', reference: body }])).toEqual([
    { eventId: 'e', reference: '**** 4242' },
  ])
  const refusal = told(async ({ body }) => {
    throw new PspError('refused', `No message: ${body}`)
  })
  await expect(refusal).rejects.toThrow('No message: **** 4242')
})

test('no source of the room names a field after what is printed on a card', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  expect(sources).toContain('psp.ts')
  for (const file of sources) {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    expect(
      source.match(/^\s*(readonly )?(pan|primaryAccountNumber|cardNumber|cvc2?|cvv2?|track[12]?|expiry\w*)\??:/gim) ??
        [],
      file,
    ).toEqual([])
  }
})
