import assert from 'node:assert/strict'
import { afterEach, expect, test } from 'vitest'
import { ACCOUNT, type Card } from '../../test/adyen/routes.ts'
import { HMAC_KEY } from '../../test/adyen/stand-in.ts'
import { endWorlds, eur, settings, visa, world } from '../../test/adyen/world.ts'
import { READER } from '../psp.ts'
import { majorOf, minorOf } from './amounts.ts'
import { wrongInAdyen } from './config.ts'

afterEach(async () => {
  expect(await endWorlds()).toEqual([])
})

test('a hold whose terminal answer never came is adopted from the message about it', async () => {
  const { psp, hold, adyen } = await world({ ...visa, first: { payment: 'cut-after' } })
  await expect(hold()).rejects.toMatchObject({ kind: 'unknown-outcome' })
  await expect.poll(() => adyen.messages.length).toBe(1)
  await adyen.close()
  const found = await psp.query({ reference: 'p1' })
  expect(found).toMatchObject({ state: 'authorized', held: eur(50_00), terminalId: 't1' })
  expect(found?.card).toEqual({ fingerprint: 'alias-visa-1111', brand: 'Visa', masked: '**** 1111' })
})

test.each([
  ['the terminal', true],
  ['a message', false],
])('a hold of which %s tells hours later ends when it would have ended', async (_name, deaf) => {
  const { psp, hold, adyen, time } = await world({ ...visa, first: { payment: 'cut-after' } }, { deaf: true })
  const began = time.now
  await expect(hold()).rejects.toMatchObject({ kind: 'unknown-outcome' })
  await expect.poll(() => adyen.messages.length).toBe(1)
  time.now += 6 * 3_600_000
  if (!deaf) for (const message of adyen.messages) await psp.ingest(message)
  expect((await psp.query({ reference: 'p1' }))?.captureBefore).toBe(began + 5 * 86_400_000)
})

test.each([
  ['cannot be reached', 'UnreachableHost', false],
  ['refuses', 'Refusal', true],
  ['was cancelled', 'Cancel', true],
])('a signed message about a hold knows better than a terminal that %s', async (_name, condition, answers) => {
  const { psp, hold, adyen } = await world({ ...visa, failure: [condition, ''], stands: true }, { deaf: true })
  const answer = await hold().then(
    ({ status }) => status,
    ({ kind }: { kind: string }) => kind,
  )
  expect(answer).toBe(answers ? 'declined' : 'unavailable')
  expect((await psp.query({ reference: 'p1' }))?.state).toBe(answers ? 'declined' : undefined)
  await expect.poll(() => adyen.messages.length).toBe(1)
  const [hint] = await psp.ingest(adyen.messages[0] ?? { body: '', headers: {} })
  expect(await psp.query({ reference: 'p1' })).toMatchObject({ state: 'authorized', held: eur(50_00) })
  expect(await psp.query({ pspReference: hint?.pspReference ?? '' })).toMatchObject({ state: 'authorized' })
  expect((await psp.list({ since: 0 })).map(({ state }) => state)).toEqual(['authorized'])
  expect(await hold()).toMatchObject({ status: 'approved', pspReference: hint?.pspReference })
})

test('a decline is not corrected by what is told of a later attempt under another key', async () => {
  const { psp, hold, adyen } = await world({ ...visa, failure: ['Refusal', ''] }, { deaf: true })
  await hold('k1')
  adyen.present({ ...visa, second: { payment: 'cut-after' } })
  await expect(hold('k2')).rejects.toMatchObject({ kind: 'unknown-outcome' })
  await expect.poll(() => adyen.messages.length).toBe(2)
  for (const message of adyen.messages) await psp.ingest(message)
  expect((await hold('k1')).status).toBe('declined')
  expect((await psp.list({ since: 0 })).map(({ state }) => state)).toEqual(['declined', 'authorized'])
})

test('a terminal that is away hides no other payment from the list: its own are pending, and it is asked once', async () => {
  const lost: Card = { ...visa, first: { payment: 'cut-after' } }
  const { psp, adyen } = await world(lost, { deaf: true })
  const tap = (reference: string, terminalId: string) =>
    psp.authorize({ key: `key-${reference}`, reference, terminalId, card: READER, amount: eur(50_00) })
  await expect(tap('p1', 't1')).rejects.toMatchObject({ kind: 'unknown-outcome' })
  await tap('p2', 't3')
  const asked = adyen.unplug('V400m-1')
  await expect(tap('p3', 't1')).rejects.toMatchObject({ kind: 'unknown-outcome' })
  const before = asked()
  const states = async () => (await psp.list({ since: 0 })).map(({ reference, state }) => `${reference} ${state}`)
  expect(await states()).toEqual(['p1 pending', 'p2 authorized', 'p3 pending'])
  expect(asked() - before).toBe(1)
  await expect(psp.query({ reference: 'p1' })).rejects.toMatchObject({ kind: 'unavailable' })
  await expect.poll(() => adyen.messages.length).toBe(2)
  for (const message of adyen.messages) await psp.ingest(message)
  expect(await states()).toEqual(['p1 authorized', 'p2 authorized', 'p3 pending'])
})

test('a hold that was given back is no approval for who asks again with its key', async () => {
  const { psp, hold } = await world()
  const { pspReference, status } = await hold()
  expect([status, (await hold()).status]).toEqual(['approved', 'approved'])
  await psp.void({ key: 'v', pspReference, reason: 'test' })
  expect(await hold()).toMatchObject({ status: 'declined', authorized: eur(0), decline: 'no-card' })
})

test('a message with several items names every payment it is about', async () => {
  const { psp, adyen, hold } = await world()
  const { pspReference } = await hold()
  await psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
  await expect.poll(() => adyen.messages.length).toBe(2)
  const items = adyen.messages.flatMap(
    ({ body }) => (JSON.parse(body) as { notificationItems: readonly object[] }).notificationItems,
  )
  const hints = await psp.ingest({ body: JSON.stringify({ live: 'false', notificationItems: items }), headers: {} })
  expect(hints.map(({ eventId, reference }) => [eventId.split(':')[0], reference])).toEqual([
    ['AUTHORISATION', 'p1'],
    ['CAPTURE', 'p1'],
  ])
})

test('a genuine message is taken whatever numbers its other fields hold, and none that looks like a card’s is kept', async () => {
  const { psp, hold, adyen, notes } = await world({ ...visa, first: { payment: 'cut-after' } }, { deaf: true })
  await expect(hold()).rejects.toMatchObject({ kind: 'unknown-outcome' })
  await expect.poll(() => adyen.messages.length).toBe(1)
  const body = (adyen.messages[0]?.body ?? '')
    .replace('"cardSummary"', '"networkTxReference":"378282246310005","cardSummary"')
    .replace('"reason":""', '"reason":"Card 4242 4242 4242 4242"')
  const [hint] = await psp.ingest({ body, headers: { 'x-trace-id': '5555555555554444' } })
  expect(hint).toMatchObject({ reference: 'p1' })
  expect(await psp.query({ reference: 'p1' })).toMatchObject({ state: 'authorized', held: eur(50_00) })
  const kept = JSON.stringify(notes.find({ reference: 'p1' }))
  expect(kept).toContain('Card **** 4242')
  expect(kept).not.toMatch(/4242 4242|378282246310005/)
})

test('a message for another merchant account is refused', async () => {
  const { psp, hold, adyen } = await world()
  await hold()
  await expect.poll(() => adyen.messages.length).toBe(1)
  const [message] = adyen.messages
  const body = message?.body.replace(ACCOUNT, 'SomebodyElse') ?? ''
  await expect(psp.ingest({ body, headers: {} })).rejects.toThrow('The message is not genuine')
})

test.each([
  ['no amount', { amount: undefined }],
  ['an amount that is null', { amount: null }],
  ['a signature that is no text', { additionalData: { hmacSignature: 7 } }],
  ['details that are null', { additionalData: null }],
])('a message with %s is refused like any other that is not genuine', async (_name, changed) => {
  const { psp, hold, adyen } = await world()
  await hold()
  await expect.poll(() => adyen.messages.length).toBe(1)
  const { notificationItems } = JSON.parse(adyen.messages[0]?.body ?? '') as {
    notificationItems: readonly { NotificationRequestItem: object }[]
  }
  const items = notificationItems.map(({ NotificationRequestItem: item }) => ({
    NotificationRequestItem: { ...item, ...changed },
  }))
  const body = JSON.stringify({ live: 'false', notificationItems: items })
  await expect(psp.ingest({ body, headers: {} })).rejects.toMatchObject({ kind: 'refused' })
})

test('a card that the terminal does not name is never taken for another one, and stays the card of its payment', async () => {
  const { psp, hold } = await world({ ...visa, nameless: true })
  const { card, pspReference } = await hold()
  const seen = await psp.identify(READER, { terminalId: 't1' })
  expect(seen.fingerprint).not.toBe(card.fingerprint)
  expect((await psp.identify(READER, { terminalId: 't1' })).fingerprint).not.toBe(seen.fingerprint)
  expect((await psp.query({ pspReference }))?.card).toEqual(card)
})

test('a terminal without a reader is refused before Adyen is asked', async () => {
  const { psp, adyen } = await world()
  const ask = { key: 'k', reference: 'p1', terminalId: 't2', card: READER, amount: eur(1) }
  await expect(psp.authorize(ask)).rejects.toThrow('Terminal t2 has no reader. Name the provider')
  expect([...adyen.spoken]).toEqual([])
})

test.each([
  [5000, 'EUR', 50],
  [4035, 'EUR', 40.35],
  [1, 'EUR', 0.01],
  [500, 'JPY', 500],
  [12_345, 'KWD', 12.345],
])('%i %s is %d to the terminal, and back', (amountMinor, currency, major) => {
  expect(majorOf({ amountMinor, currency })).toBe(major)
  expect(minorOf(major, currency)).toEqual({ amountMinor, currency })
})

test.each([
  ['ISK', [5000, 6000, 1234, 34], { terminal: 5000, sent: [600_000, 123_400, 3_400], told: [5000, 6000, 1234, 34] }],
  ['CLP', [5000, 6000, 1234, 34], { terminal: 5000, sent: [600_000, 123_400, 3_400], told: [5000, 6000, 1234, 34] }],
  [
    'IDR',
    [500_050, 600_050, 123_450, 3_400],
    { terminal: 5000, sent: [6_000, 1_234, 34], told: [500_000, 600_000, 123_400, 3_400] },
  ],
  [
    'CVE',
    [500_000, 600_000, 123_400, 3_400],
    { terminal: 5000, sent: [6_000, 1_234, 34], told: [500_000, 600_000, 123_400, 3_400] },
  ],
  ['JPY', [5000, 6000, 1234, 34], { terminal: 5000, sent: [6000, 1234, 34], told: [5000, 6000, 1234, 34] }],
  ['EUR', [5001, 6001, 1234, 34], { terminal: 50.01, sent: [6001, 1234, 34], told: [5001, 6001, 1234, 34] }],
] as const)('%s is counted like Adyen counts it: held, raised, taken and given back are %j', async (...of) => {
  const [currency, asked, { terminal, sent, told }] = of
  const { psp, adyen, hold } = await world()
  const money = (amountMinor: number) => ({ amountMinor, currency })
  const [held, raised, taken, back] = asked.map(money)
  assert.ok(held && raised && taken && back)
  const { pspReference, authorized } = await hold('k', held)
  const more = await psp.increment({ key: 'i', pspReference, newTotal: raised })
  const took = await psp.capture({ key: 'c', pspReference, amount: taken, cdrRef: 'cdr' })
  const gave = await psp.refund({ key: 'r', pspReference, amount: back, creditRef: 'credit' })
  expect([authorized, more.authorized, took.captured, gave.refunded]).toEqual(told.map(money))
  const [payment, ...changes] = adyen.bodies
  expect(JSON.stringify(payment)).toContain(`"AmountsReq":{"Currency":"${currency}","RequestedAmount":${terminal}}`)
  expect(changes.map(({ amount }) => amount)).toEqual(sent.map((value) => ({ currency, value })))
  const [, total, captured, refunded] = told.map(money)
  expect(await psp.query({ pspReference })).toMatchObject({ authorized: total, captured, refunded })
})

test('an amount that is no whole number of minor units is an unknown outcome', () => {
  expect(() => minorOf(10.005, 'EUR')).toThrow('Adyen told an amount of 10.005 EUR')
})

test.each([
  [{}, undefined],
  [{ apiKey: 'short' }, 'the Adyen API key is too short'],
  [{ merchantAccount: 'a b' }, 'the Adyen merchant account is letters, digits and _'],
  [{ hmacKeys: ['zz'] }, 'an Adyen HMAC key has 64 hexadecimal digits'],
  [{ environment: 'live' as const }, 'Adyen live needs the live prefix of its endpoints'],
])('the settings %j: %s', (changed, wrong) => {
  expect(wrongInAdyen({ ...settings, hmacKeys: [HMAC_KEY], ...changed })).toBe(wrong)
})
