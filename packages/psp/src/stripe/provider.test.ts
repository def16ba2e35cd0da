import { createHmac } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { Card } from '../../test/stripe/objects.ts'
import { READER_ID } from '../../test/stripe/routes.ts'
import { SECRET, type StripeStandIn, stripeStandIn } from '../../test/stripe/stand-in.ts'
import { READER } from '../psp.ts'
import { wrongInStripe } from './config.ts'
import { createStripePsp } from './provider.ts'

const visa: Card = { brand: 'visa', last4: '4242' }
const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const open: StripeStandIn[] = []
afterEach(async () => {
  const findings = open.flatMap((one) => one.findings)
  for (const one of open.splice(0)) await one.close()
  expect(findings).toEqual([])
})

async function world(card: Card = visa) {
  const time = { now: Date.parse('2026-03-01T12:00:00Z') }
  const stripe = await stripeStandIn(() => time.now)
  open.push(stripe)
  stripe.present(card)
  const clock = {
    now: () => time.now,
    // Whoever waits for a card lets a second pass each time.
    after: (delayMs: number, task: () => void) => {
      time.now += delayMs
      const timer = setTimeout(task, 1)
      return () => clearTimeout(timer)
    },
  }
  const config = { apiKey: 'sk_test_standin0', webhookSecrets: [SECRET], baseUrl: stripe.url }
  const readerOf = async (terminalId: string) => (terminalId === 't1' ? READER_ID : undefined)
  const psp = createStripePsp({ config, clock, readerOf })
  const hold = (terminalId = 't1') =>
    psp.authorize({ key: 'k', reference: 'p1', terminalId, card: READER, amount: eur(50_00) })
  return { psp, stripe, time, hold }
}

test('without a card for 45 seconds nothing is held, and the reader is free again', async () => {
  const { psp, hold, stripe, time } = await world({ ...visa, reader: 'nobody' })
  const before = time.now
  const { status, decline, reason } = await hold()
  expect([status, decline, reason]).toEqual(['declined', 'no-card', 'No card was held before the reader in time.'])
  expect(time.now - before).toBe(45_000)
  expect([...stripe.spoken]).toContain('POST /v1/terminal/readers/{reader}/cancel_action 200')
  expect((await psp.query({ reference: 'p1' }))?.state).toBe('declined')
})

test('approved in the moment in which nobody waits any more, the hold is given back and nobody is told that it stands', async () => {
  const { psp, hold } = await world({ ...visa, reader: 'late' })
  const late = { status: 'declined', authorized: eur(0), decline: 'no-card' }
  const { pspReference, ...answer } = await hold()
  expect(answer).toMatchObject({ ...late, reason: 'The card was approved, and the hold is gone again.' })
  expect(await psp.query({ pspReference })).toMatchObject({ state: 'voided', held: eur(0) })
  expect(await hold()).toMatchObject(late)
})

test('a hold that has ended is no approval, also for who asks again with its key', async () => {
  const { psp, hold } = await world()
  const { pspReference, status } = await hold()
  expect([status, (await hold()).status]).toEqual(['approved', 'approved'])
  await psp.void({ key: 'v', pspReference, reason: 'test' })
  expect(await hold()).toMatchObject({ status: 'declined', authorized: eur(0) })
})

test('a driver who cancels at the reader holds nothing', async () => {
  const { hold } = await world({ ...visa, reader: 'cancelled' })
  expect(await hold()).toMatchObject({ status: 'declined', decline: 'cancelled' })
})

test('a reader that is busy is unavailable, and the payment is ended', async () => {
  const { psp, hold } = await world({ ...visa, reader: 'busy' })
  const busy = { kind: 'unavailable', answered: true, message: expect.stringContaining(READER_ID) as unknown }
  await expect(hold()).rejects.toMatchObject(busy)
  expect((await psp.query({ reference: 'p1' }))?.state).toBe('declined')
})

test('a terminal without a reader is refused before Stripe is asked', async () => {
  const { hold, stripe } = await world()
  await expect(hold('t2')).rejects.toThrow('Terminal t2 has no reader. Name the provider')
  expect([...stripe.spoken]).toEqual([])
})

test('an authorization nobody waits for any more is pending, and ended when it is asked about two minutes later', async () => {
  const { psp, hold, time } = await world({ ...visa, first: { process_payment_intent: 'cut-before' } })
  await expect(hold()).rejects.toMatchObject({ kind: 'unknown-outcome' })
  expect((await psp.query({ reference: 'p1' }))?.state).toBe('pending')
  time.now += 120_000
  expect((await psp.query({ reference: 'p1' }))?.state).toBe('declined')
})

test('a payment is found by its reference at once, and days later', async () => {
  const { psp, hold, time } = await world()
  const { pspReference } = await hold()
  expect((await psp.query({ reference: 'p1' }))?.pspReference).toBe(pspReference)
  time.now += 4 * 86_400_000
  expect((await psp.query({ reference: 'p1' }))?.pspReference).toBe(pspReference)
  expect(await psp.query({ reference: "p1' OR created>0 OR metadata['x']:'" })).toBeUndefined()
})

test.each([
  ['EUR', 50],
  ['GBP', 30],
  ['JPY', 50],
  ['SEK', 3_00],
  ['CZK', 15_00],
  ['HUF', 175_00],
])('a capture below what Stripe takes in %s is refused without asking, %i is taken', async (currency, least) => {
  const { psp, stripe } = await world()
  const money = (amountMinor: number) => ({ amountMinor, currency })
  const ask = { key: 'k', reference: 'p1', terminalId: 't1', card: READER, amount: money(1_000_00) }
  const { pspReference } = await psp.authorize(ask)
  const asked = stripe.bodies.length
  const capture = (key: string, minor: number) =>
    psp.capture({ key, pspReference, amount: money(minor), cdrRef: 'cdr' })
  await expect(capture('c', least - 1)).rejects.toThrow(
    `${least - 1} is below the smallest capture of ${least}; void instead.`,
  )
  expect(stripe.bodies).toHaveLength(asked)
  expect((await psp.query({ pspReference }))?.state).toBe('authorized')
  expect((await capture('c2', least)).captured).toEqual(money(least))
})

test.each([
  ['ISK', 5000, 1234, 34, { sent: [500_000, 123_400, 3_400], told: [5000, 1234, 34] }],
  ['UGX', 5000, 1234, 34, { sent: [500_000, 123_400, 3_400], told: [5000, 1234, 34] }],
  ['MGA', 500_050, 123_450, 3_400, { sent: [5_000, 1_234, 34], told: [500_000, 123_400, 3_400] }],
  ['KWD', 50_128, 12_345, 120, { sent: [50_120, 12_340, 120], told: [50_120, 12_340, 120] }],
  ['JPY', 5000, 1234, 34, { sent: [5000, 1234, 34], told: [5000, 1234, 34] }],
  ['HUF', 500_001, 123_456, 1, { sent: [500_001, 123_456, 1], told: [500_001, 123_456, 1] }],
])('%s is counted like Stripe counts it: a hold of %i, %i of it taken, %i given back', async (...of) => {
  const [currency, held, taken, back, { sent, told }] = of
  const { psp, stripe, time } = await world()
  const money = (amountMinor: number) => ({ amountMinor, currency })
  const ask = { key: 'k', reference: 'p1', terminalId: 't1', card: READER, amount: money(held) }
  const [hold, capture, refund] = told.map(money)
  const { pspReference, authorized } = await psp.authorize(ask)
  const took = await psp.capture({ key: 'c', pspReference, amount: money(taken), cdrRef: 'cdr' })
  const gave = await psp.refund({ key: 'r', pspReference, amount: money(back), creditRef: 'credit' })
  expect([authorized, took.captured, gave.refunded]).toEqual([hold, capture, refund])
  expect(stripe.bodies.flatMap(({ amount, amount_to_capture: part }) => amount ?? part ?? [])).toEqual(sent)
  expect(await psp.query({ pspReference })).toMatchObject({ authorized: hold, captured: capture, refunded: refund })
  const lines = await psp.settlement({ since: 0, until: time.now + 1_000 })
  expect(lines.map(({ amount }) => amount)).toEqual([capture, refund])
})

test('a refund that Stripe cannot say to the last digit is refused, with the next one below', async () => {
  const { psp } = await world()
  const amount = { amountMinor: 50_000, currency: 'KWD' }
  const { pspReference } = await psp.authorize({ key: 'k', reference: 'p1', terminalId: 't1', card: READER, amount })
  await psp.capture({ key: 'c', pspReference, amount, cdrRef: 'cdr' })
  const back = { ...amount, amountMinor: 125 }
  await expect(psp.refund({ key: 'r', pspReference, amount: back, creditRef: 'credit' })).rejects.toThrow(
    'stripe cannot pay back 125 KWD: 120 is the next below.',
  )
})

test('a card that Stripe does not name is never taken for another one, and stays the card of its payment', async () => {
  const { psp, hold } = await world({ ...visa, nameless: true })
  const { card, pspReference } = await hold()
  const seen = await psp.identify(READER, { terminalId: 't1' })
  expect(seen.fingerprint).not.toBe(card.fingerprint)
  expect((await psp.identify(READER, { terminalId: 't1' })).fingerprint).not.toBe(seen.fingerprint)
  expect((await psp.query({ pspReference }))?.card).toEqual(card)
})

test('a service that is not there is unavailable', async () => {
  const { psp, hold, stripe } = await world()
  await hold()
  await stripe.close()
  await expect(psp.query({ reference: 'p1' })).rejects.toMatchObject({ kind: 'unavailable' })
  await expect(hold()).rejects.toMatchObject({ kind: 'unavailable' })
})

test('a genuine message is taken whatever numbers its other fields hold', async () => {
  const { psp, hold, stripe, time } = await world()
  const { pspReference } = await hold()
  const body = (stripe.messages[0]?.body ?? '').replace('{', '{"network_transaction_id":"378282246310005",')
  const at = time.now / 1000
  const signature = createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex')
  const headers = { 'stripe-signature': `t=${at},v1=${signature}` }
  expect(await psp.ingest({ body, headers })).toMatchObject([{ pspReference }])
})

test.each([
  ['five minutes old', 300_000, true],
  ['older', 301_000, false],
  ['five minutes newer than our clock', -300_000, true],
  ['newer still', -301_000, false],
])('a genuine message that is %s: a replay is refused', async (_name, passedMs, taken) => {
  const { psp, hold, stripe, time } = await world()
  const { pspReference } = await hold()
  const [message] = stripe.messages
  time.now += passedMs
  const answer = psp.ingest(message ?? { body: '', headers: {} })
  await (taken
    ? expect(answer).resolves.toMatchObject([{ pspReference }])
    : expect(answer).rejects.toThrow('The message is not genuine'))
})

test.each([
  ['sk_test_abcdefgh', ['whsec_abcdefgh'], undefined],
  ['rk_live_abcdefgh', [], undefined],
  ['pk_test_abcdefgh', [], 'the Stripe API key has to begin with sk_test_, sk_live_, rk_test_ or rk_live_'],
  ['sk_test_abcdefgh', ['secret'], 'a Stripe webhook secret has to begin with whsec_'],
])('the settings %s and %s: %s', (apiKey, webhookSecrets, wrong) => {
  expect(wrongInStripe({ apiKey, webhookSecrets })).toBe(wrong)
})
