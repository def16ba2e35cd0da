import { afterEach, expect, test } from 'vitest'
import { ACCOUNT, type Card } from '../../test/adyen/routes.ts'
import { type AdyenStandIn, adyenStandIn, HMAC_KEY } from '../../test/adyen/stand-in.ts'
import { httpSend } from '../http/client.ts'
import type { Psp } from '../psp.ts'
import { READER } from '../psp.ts'
import { majorOf, minorOf } from './amounts.ts'
import { wrongInAdyen } from './config.ts'
import { openNotes } from './notes.ts'
import { createAdyenPsp } from './provider.ts'

const visa: Card = { brand: 'visa', last4: '1111' }
const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const open: AdyenStandIn[] = []
const ends: (() => unknown)[] = []
afterEach(async () => {
  const findings = open.splice(0).flatMap((one) => one.findings)
  for (const end of ends.splice(0).reverse()) await end()
  expect(findings).toEqual([])
})

const settings = { apiKey: 'key-of-the-stand-in-for-adyen', merchantAccount: ACCOUNT, environment: 'test' } as const

async function world(card: Card = visa, { deaf = false }: { readonly deaf?: boolean } = {}) {
  const time = { now: Date.parse('2026-03-01T12:00:00Z') }
  const hears = { is: !deaf }
  let psp: Psp | undefined
  let ids = 0
  const deliver = async (message: { body: string; headers: Readonly<Record<string, string>> }) =>
    hears.is ? psp?.ingest(message) : undefined
  const adyen = await adyenStandIn({ now: () => time.now, deliver })
  open.push(adyen)
  const notes = openNotes()
  ends.push(notes.close, adyen.close)
  adyen.present(card)
  const clock = {
    now: () => time.now,
    after: (delayMs: number, task: () => void) => {
      const timer = setTimeout(task, delayMs)
      return () => clearTimeout(timer)
    },
  }
  const config = { ...settings, hmacKeys: [HMAC_KEY], baseUrl: adyen.url, settleMs: 50, pollMs: 5 }
  const readerOf = async (terminalId: string) => ({ t1: 'V400m-1', t3: 'V400m-3' })[terminalId]
  psp = createAdyenPsp({ config, clock, notes, send: httpSend, readerOf, ids: () => `id-${++ids}` })
  const hold = (key = 'k', amount = eur(50_00)) =>
    (psp as Psp).authorize({ key, reference: 'p1', terminalId: 't1', card: READER, amount })
  return { psp, adyen, time, hold, hears }
}

test('without a message a capture is pending, and the same key gives the answer when the message has come', async () => {
  const { psp, hold, adyen, hears } = await world(visa, { deaf: true })
  const { pspReference } = await hold()
  const ask = { key: 'c', pspReference, amount: eur(12_34), cdrRef: 'cdr-1' }
  expect(await psp.capture(ask)).toMatchObject({ status: 'pending', captured: eur(0) })
  expect(await psp.query({ pspReference })).toMatchObject({
    state: 'capture-pending',
    cdrRef: 'cdr-1',
    captureCount: 0,
  })
  hears.is = true
  for (const message of adyen.messages) await psp.ingest(message)
  expect(await psp.capture(ask)).toMatchObject({ status: 'captured', captured: eur(12_34), released: eur(37_66) })
  expect([...adyen.spoken].filter((one) => one.includes('captures'))).toHaveLength(1)
})

test('without a message an increment, a void and a refund are unknown outcomes, and the hold counts as it was', async () => {
  const { psp, hold } = await world(visa, { deaf: true })
  const { pspReference } = await hold()
  await expect(psp.increment({ key: 'i', pspReference, newTotal: eur(60_00) })).rejects.toMatchObject({
    kind: 'unknown-outcome',
    retry: true,
  })
  expect((await psp.query({ pspReference }))?.held).toEqual(eur(50_00))
  await expect(psp.capture({ key: 'c', pspReference, amount: eur(50_01), cdrRef: 'cdr' })).rejects.toMatchObject({
    kind: 'refused',
  })
  await expect(psp.void({ key: 'v', pspReference, reason: 'test' })).rejects.toMatchObject({ kind: 'unknown-outcome' })
})

test.each([
  ['says yes', visa, { state: 'voided', held: eur(0) }],
  ['says no', { ...visa, fails: ['cancels'] }, { state: 'authorized', held: eur(50_00) }],
])('a void that is accepted and not decided is no hold that stands, until the message %s', async (_n, card, after) => {
  const { psp, hold, adyen } = await world(card, { deaf: true })
  const { pspReference } = await hold()
  const ask = { pspReference, amount: eur(10_00), cdrRef: 'cdr' }
  await expect(psp.void({ key: 'v', pspReference, reason: 'test' })).rejects.toMatchObject({ kind: 'unknown-outcome' })
  expect(await psp.query({ pspReference })).toMatchObject({ state: 'void-pending', held: eur(50_00) })
  await expect(psp.capture({ ...ask, key: 'c' })).rejects.toMatchObject({ kind: 'unavailable', retry: true })
  await expect(psp.void({ key: 'v2', pspReference, reason: 'test' })).rejects.toMatchObject({ kind: 'unavailable' })
  for (const message of adyen.messages) await psp.ingest(message)
  expect(await psp.query({ pspReference })).toMatchObject(after)
  if (after.state === 'authorized') expect(await psp.capture({ ...ask, key: 'c' })).toMatchObject({ status: 'pending' })
})

test('a void whose answer is lost may have been accepted: for ten minutes no hold stands', async () => {
  const { psp, hold, time } = await world({ ...visa, first: { cancels: 'cut-before' } }, { deaf: true })
  const { pspReference } = await hold()
  await expect(psp.void({ key: 'v', pspReference, reason: 'test' })).rejects.toMatchObject({ kind: 'unknown-outcome' })
  time.now += 599_999
  expect((await psp.query({ pspReference }))?.state).toBe('void-pending')
  time.now += 1
  expect((await psp.query({ pspReference }))?.state).toBe('authorized')
})

test('a void that is never decided ends with the hold', async () => {
  const { psp, hold, time } = await world(visa, { deaf: true })
  const { pspReference, captureBefore } = await hold()
  await expect(psp.void({ key: 'v', pspReference, reason: 'test' })).rejects.toMatchObject({ kind: 'unknown-outcome' })
  time.now = captureBefore
  expect(await psp.query({ pspReference })).toMatchObject({ state: 'expired', held: eur(0) })
})

test('a capture whose answer and message are lost blocks a void and another capture', async () => {
  const { psp, hold } = await world({ ...visa, first: { captures: 'cut-after' } }, { deaf: true })
  const { pspReference } = await hold()
  const ask = { pspReference, amount: eur(10_00), cdrRef: 'cdr' }
  await expect(psp.capture({ ...ask, key: 'c1' })).rejects.toMatchObject({ kind: 'unknown-outcome' })
  await expect(psp.capture({ ...ask, key: 'c2' })).rejects.toThrow('has been captured under another key')
  await expect(psp.void({ key: 'v', pspReference, reason: 'test' })).rejects.toThrow('may have been captured')
})

test.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
  'captured, taken back and captured once more: the last word of Adyen counts, told in the order %j',
  async (order) => {
    const { psp, hold, adyen, time } = await world({ ...visa, capture: 'recaptured' }, { deaf: true })
    const { pspReference } = await hold()
    const ask = { key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' }
    await psp.capture(ask)
    time.now += 10_000
    await adyen.due()
    const all = adyen.messages.filter(({ body }) => body.includes('CAPTURE'))
    for (const at of order) if (all[at]) await psp.ingest(all[at])
    expect(all.map(({ body }) => body.includes('CAPTURE_FAILED'))).toEqual([false, true, false])
    expect(await psp.query({ pspReference })).toMatchObject({
      state: 'captured',
      captureCount: 1,
      captured: eur(10_00),
    })
    expect(await psp.capture(ask)).toMatchObject({ status: 'captured', captured: eur(10_00) })
  },
)

test('a capture that Adyen refuses by a message leaves the hold: another key takes it, the first one stays refused', async () => {
  const { psp, hold, adyen, time } = await world({ ...visa, capture: 'later-refused' })
  const { pspReference } = await hold()
  const ask = { pspReference, amount: eur(10_00) }
  expect(await psp.capture({ ...ask, key: 'c1', cdrRef: 'cdr-1' })).toMatchObject({ status: 'pending' })
  await expect(psp.capture({ ...ask, key: 'c2', cdrRef: 'cdr-2' })).rejects.toMatchObject({ kind: 'refused' })
  time.now += 5_000
  await adyen.due()
  await expect(psp.capture({ ...ask, key: 'c1', cdrRef: 'cdr-1' })).rejects.toThrow('the capture failed: Refused')
  expect(await psp.query({ pspReference })).toMatchObject({ state: 'authorized', held: eur(50_00), captureCount: 0 })
  expect(await psp.capture({ ...ask, key: 'c2', cdrRef: 'cdr-2' })).toMatchObject({ status: 'captured' })
  expect(await psp.query({ pspReference })).toMatchObject({ state: 'captured', captureCount: 1, cdrRef: 'cdr-2' })
  await expect(psp.capture({ ...ask, key: 'c3', cdrRef: 'cdr-3' })).rejects.toMatchObject({ kind: 'refused' })
})

test('a capture that was taken back leaves no hold: no other key takes it', async () => {
  const { psp, hold, adyen, time } = await world({ ...visa, capture: 'failed-afterwards' })
  const { pspReference } = await hold()
  await psp.capture({ key: 'c1', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
  time.now += 5_000
  await adyen.due()
  expect(await psp.query({ pspReference })).toMatchObject({ state: 'capture-failed', held: eur(0) })
  const again = psp.capture({ key: 'c2', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
  await expect(again).rejects.toMatchObject({ kind: 'refused' })
})

test('a message that is dated after its arrival counts as of its arrival: nobody has signed the date', async () => {
  const { psp, hold, adyen, time } = await world({ ...visa, capture: 'failed-afterwards' }, { deaf: true })
  const { pspReference } = await hold()
  await psp.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
  const [taken] = adyen.messages.filter(({ body }) => body.includes('CAPTURE'))
  const body = taken?.body.replace('2026-03-01', '2027-03-01') ?? ''
  await psp.ingest({ body, headers: {} })
  time.now += 5_000
  await adyen.due()
  for (const message of adyen.messages) await psp.ingest(message)
  expect((await psp.query({ pspReference }))?.state).toBe('capture-failed')
})

test('a key older than six days is not sent again: Adyen may have forgotten it', async () => {
  const { psp, hold, time, adyen } = await world(
    { brand: 'mc', last4: '4444', first: { captures: 'cut-before' } },
    { deaf: true },
  )
  const { pspReference } = await hold()
  const ask = { key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' }
  await expect(psp.capture(ask)).rejects.toMatchObject({ kind: 'unknown-outcome', retry: true })
  const before = adyen.spoken.size
  time.now += 6 * 86_400_000 + 1
  await expect(psp.capture(ask)).rejects.toMatchObject({ kind: 'unknown-outcome', retry: false })
  expect(adyen.spoken.size).toBe(before)
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
