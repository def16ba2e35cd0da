import { afterEach, expect, test } from 'vitest'
import { endWorlds, eur, visa, world } from '../../test/adyen/world.ts'

afterEach(async () => {
  expect(await endWorlds()).toEqual([])
})

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

test.each([0, 60_000])(
  'a raise whose answer was lost is the newest hold once its message has come, %i ms after the one before',
  async (passed) => {
    const { psp, hold, time } = await world({ ...visa, second: { amountUpdates: 'cut-after' } })
    const { pspReference } = await hold()
    await psp.increment({ key: 'i1', pspReference, newTotal: eur(60_00) })
    time.now += passed
    const again = { key: 'i2', pspReference, newTotal: eur(70_00) }
    await expect(psp.increment(again)).rejects.toMatchObject({ kind: 'unknown-outcome' })
    expect(await psp.query({ pspReference })).toMatchObject({ state: 'authorized', held: eur(70_00) })
    const capture = { key: 'c', pspReference, amount: eur(65_00), cdrRef: 'cdr' }
    expect(await psp.capture(capture)).toMatchObject({ captured: eur(65_00) })
  },
)

test('a raise that is accepted after one whose answer was lost is the newest hold', async () => {
  const { psp, hold, time } = await world({ ...visa, first: { amountUpdates: 'cut-after' } })
  const { pspReference } = await hold()
  await expect(psp.increment({ key: 'i1', pspReference, newTotal: eur(60_00) })).rejects.toMatchObject({
    kind: 'unknown-outcome',
  })
  expect((await psp.query({ pspReference }))?.held).toEqual(eur(60_00))
  time.now += 60_000
  await psp.increment({ key: 'i2', pspReference, newTotal: eur(70_00) })
  expect((await psp.query({ pspReference }))?.held).toEqual(eur(70_00))
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

test('a capture whose answer is lost keeps a void waiting for ten minutes, not for ever', async () => {
  const { psp, hold, time, adyen } = await world({ ...visa, first: { captures: 'cut-before' } }, { deaf: true })
  const { pspReference } = await hold()
  const ask = { key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' }
  const release = { key: 'v', pspReference, reason: 'test' }
  await expect(psp.capture(ask)).rejects.toMatchObject({ kind: 'unknown-outcome' })
  time.now += 599_999
  await expect(psp.void(release)).rejects.toMatchObject({ kind: 'unavailable', retry: true })
  time.now += 1
  await expect(psp.void(release)).rejects.toMatchObject({ kind: 'unknown-outcome', answered: true })
  for (const message of adyen.messages) await psp.ingest(message)
  expect(await psp.void(release)).toMatchObject({ status: 'voided' })
})

test.each(['cut-before', 'cut-after', 'pending'] as const)(
  'another amount under the key of a capture that is not decided (%s) is an unknown outcome, never a refusal',
  async (trouble) => {
    const card = trouble === 'pending' ? visa : { ...visa, first: { captures: trouble } }
    const { psp, hold, adyen } = await world(card, { deaf: true })
    const { pspReference } = await hold()
    const ask = { key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' }
    const other = { ...ask, amount: eur(12_00) }
    const first = psp.capture(ask).catch((error: unknown) => error)
    await expect(psp.capture(other)).rejects.toMatchObject({ kind: 'unknown-outcome' })
    await first
    await expect(psp.capture(other)).rejects.toMatchObject({ kind: 'unknown-outcome', retry: true })
    await psp.capture(ask)
    for (const message of adyen.messages) await psp.ingest(message)
    expect(await psp.capture(ask)).toMatchObject({ status: 'captured', captured: eur(10_00) })
    await expect(psp.capture(other)).rejects.toMatchObject({ kind: 'refused' })
  },
)

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

test.each(['failed-afterwards', 'refused-afterwards'] as const)(
  'a capture that was taken back (%s) leaves no hold: no other key takes it',
  async (capture) => {
    const { psp, hold, adyen, time } = await world({ ...visa, capture })
    const { pspReference } = await hold()
    await psp.capture({ key: 'c1', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
    time.now += 5_000
    await adyen.due()
    expect(await psp.query({ pspReference })).toMatchObject({ state: 'capture-failed', held: eur(0) })
    const again = psp.capture({ key: 'c2', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
    await expect(again).rejects.toMatchObject({ kind: 'refused' })
  },
)

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
