import type { Documents } from '@plugtill/engine/documents'
import type { Psp } from '@plugtill/psp/psp'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { expect, test } from 'vitest'
import { createBreaker } from '../src/breaker.ts'
import { createLink, type LinkParts } from '../src/link/link.ts'
import { createMirror } from '../src/mirror.ts'
import type { Payment } from '../src/payment/payment.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { defaultSettings } from '../src/settings.ts'
import { events, T0, tariff } from './samples.ts'
import { shelf } from './shelf.ts'

const HOUR = 3_600_000

/** Two parties behind one connection, each with a site, an EVSE "E1" and the tariff for it. */
async function sitesOf(documents: Documents) {
  const mirror = createMirror(documents, { clock: { now: () => T0 }, onChange: () => undefined })
  const dated = { last_updated: '2030-01-01T00:00:00Z' }
  for (const party_id of ['AAA', 'BBB']) {
    const owner = { country_code: 'NL', party_id }
    const connector = { id: '1', standard: 'IEC_62196_T2', format: 'SOCKET', tariff_ids: ['AC'] }
    const power = { max_voltage: 230, max_amperage: 16, power_type: 'AC_3_PHASE' }
    const evses = ['E1', 'E2'].map((uid) => ({
      uid,
      status: 'AVAILABLE',
      connectors: [{ ...connector, ...power, ...dated }],
      ...dated,
    }))
    const site = { ...owner, id: 'L1', address: 'Street 1', country: 'NLD', time_zone: 'Europe/Amsterdam', evses }
    await mirror.putLocation('peer-1', { ...site, ...dated } as never)
    await mirror.putTariff('peer-1', { ...tariff, ...owner })
  }
  return mirror
}

async function setUp(change: (psp: Psp) => Partial<Psp> = () => ({}), more: Partial<LinkParts> = {}) {
  const place = await shelf()
  const bank = createSimulatedPsp({ clock: place.clock, ledger: openLedger(), random: () => 0.5 })
  const psp = { ...bank, ...change(bank) }
  const card = await psp.identify('approved')
  const mirror = await sitesOf(place.documents)
  let count = 0
  const link = createLink({
    ...place,
    psp,
    mirror,
    ids: () => `${String(++count).padStart(8, '0')}-0000-4000-8000-000000000000`,
    randomToken: () => `token-${++count}`,
    name: 'Test',
    contracts: { find: async () => undefined },
    breaker: createBreaker(place.clock),
    settings: { ...defaultSettings, keySecret: 'secret' },
    registry: {
      find: async (id: string) => ({
        id,
        peerId: 'peer-1',
        party: { countryCode: 'NL', partyId: id === 'T-BBB' ? 'BBB' : 'AAA' },
        model: 'polar',
        state: 'announced',
        terminal: id === 'T-1' ? {} : { location_ids: ['L1'] },
      }),
    },
    ...more,
  } as unknown as LinkParts)
  const start = (id: string, terminalId: string, more: Partial<Payment> = {}) =>
    place.start(id, { terminalId, card, createdAt: place.time.now, ...more })
  return { ...place, link, mirror, start }
}

test('a terminal finds its running and its recent payments, however many others the platform has since', async () => {
  const { link, start, tap, payments, time, close } = await setUp()
  await start('mine-old', 'T-1')
  time.now = T0 + 2 * HOUR
  await start('mine-over', 'T-1')
  await payments.apply('mine-over', { ...events['start-answered'], accepted: false })
  await start('mine-open', 'T-1')
  for (let n = 0; n < 520; n++) await tap(`other-${n}`, { terminalId: n % 2 ? 'T-10' : 'T-2' })
  time.now = T0 + 25 * HOUR

  const receipts = await link.receipts('t-1', 'approved')
  const { open } = await link.offers('T-1')
  const told = (await link.recent('T-1')).filter(({ final }) => !final)

  expect(receipts.map((receipt) => receipt.reference).sort()).toEqual(['mine-old', 'mine-open', 'mine-over'])
  expect(open.map((payment) => payment.reference).sort()).toEqual(['mine-old', 'mine-open'])
  expect(told.map(({ reference }) => reference).sort()).toEqual(['mine-old', 'mine-open', 'mine-over'])
  expect(await link.receipts('T-1', 'declined')).toEqual([])
  await close()
})

test('a receipt is found for a day after the end of the session, however long that lasted', async () => {
  const { link, start, tap, payments, time, close } = await setUp()
  const end = async (id: string, at: number) => {
    time.now = at
    await payments.apply(id, { ...events['start-answered'], accepted: false, at })
    await payments.apply(id, { ...events.voided, at })
  }
  await start('two-nights', 'T-1')
  await start('at-once', 'T-1')
  await start('still-runs', 'T-1')
  await end('at-once', T0 + HOUR)
  // So many taps follow that the newest ones alone would not hold it.
  const other = { fingerprint: 'other', brand: 'Visa', masked: '**** 7777' }
  for (let n = 0; n < 520; n++) await tap(`other-${n}`, { card: other, createdAt: T0 + n })
  await end('two-nights', T0 + 40 * HOUR)
  const found = async (at: number) => {
    time.now = at
    return (await link.receipts('T-1', 'approved')).map(({ reference }) => reference).sort()
  }

  expect(await found(T0 + 25 * HOUR)).toEqual(['at-once', 'still-runs', 'two-nights'])
  expect(await found(T0 + 25 * HOUR + 1)).toEqual(['still-runs', 'two-nights'])
  expect(await found(T0 + 64 * HOUR)).toEqual(['still-runs', 'two-nights'])
  expect(await found(T0 + 64 * HOUR + 1)).toEqual(['still-runs'])
  await close()
})

test('a receipt is found with the card as the account of its payment sees it, whatever account the terminal has by now', async () => {
  const asked: string[] = []
  const seenAs = (account: string): Pick<Psp, 'identify'> => ({
    identify: async (card) => {
      asked.push(account)
      if (account === 'away') throw new Error('away')
      return { fingerprint: `${card} at ${account}`, brand: 'Visa', masked: '**** 1001' }
    },
  })
  const pspAccounts = { second: seenAs('second'), away: seenAs('away') } as unknown as Record<string, Psp>
  const { link, start, close } = await setUp(() => seenAs('main'), { pspAccounts })
  const paidAt = (pspAccount: string, fingerprint: string) => ({
    card: { fingerprint, brand: 'Visa', masked: '**** 1001' },
    terms: { ...usualTerms, pspAccount },
  })
  await start('by-now', 'T-1')
  await start('before', 'T-1', paidAt('second', 'approved at second'))
  await start('other-card', 'T-1', paidAt('second', 'approved at main'))
  for (const account of ['away', 'gone']) await start(account, 'T-1', paidAt(account, 'approved at main'))
  asked.splice(0)
  expect((await link.receipts('T-1', 'approved')).map(({ reference }) => reference).sort()).toEqual([
    'before',
    'by-now',
  ])
  expect(asked.sort()).toEqual(['away', 'main', 'second'])
  await close()
})

test('a card that nobody has read is not that of another unread card: it stops nothing and sees no receipt', async () => {
  const unread = { fingerprint: '', brand: 'Card', masked: '****' }
  const { link, tap, payments, close } = await setUp(() => ({ identify: async () => unread }))
  await tap('someone', { card: unread })
  await payments.apply('someone', events.authorized)
  await payments.apply('someone', { ...events['start-result'], accepted: true })

  await expect(link.stop('T-1', { reference: 'someone', card: 'reader' })).rejects.toMatchObject({ code: 'wrong-card' })
  expect(await link.receipts('T-1', 'reader')).toEqual([])
  expect((await payments.find('someone'))?.state).toBe('awaiting-session')
  await close()
})

test('a reader that keeps the card to itself: the card is that of the authorization; it stops the session and finds the receipt, no other does (T32)', async () => {
  const [mine, other] = ['mine', 'other'].map((fingerprint) => ({ fingerprint, brand: 'Visa', masked: '**** 4242' }))
  let seen = mine!
  const { link, tap, payments, close } = await setUp(() => ({ identify: async () => seen }))
  await tap('one', { card: { fingerprint: '', brand: 'Card', masked: '****' } })
  await payments.apply('one', { ...events.authorized, card: mine! })
  await payments.apply('one', { ...events['start-result'], accepted: true })
  await payments.apply('one', events['session-reported'])
  const stop = () => link.stop('T-1', { reference: 'one', card: 'reader' })
  const found = async () => (await link.receipts('T-1', 'reader')).map(({ reference }) => reference)

  seen = other!
  await expect(stop()).rejects.toMatchObject({ code: 'wrong-card' })
  expect(await found()).toEqual([])
  seen = mine!
  expect(await found()).toEqual(['one'])
  expect((await stop()).state).toBe('stopping')
  await close()
})

test('an EVSE is taken for its own party only: two parties of one connection may have the same uid (F22)', async () => {
  const { link, start, close } = await setUp()
  const tap = (terminalId: string, evseUid: string, tapId: string) =>
    link.tap(terminalId, { locationId: 'L1', connectorId: '1', evseUid, card: 'approved', language: 'en', tapId })
  const taken = async (terminalId: string) =>
    (await link.offers(terminalId)).chargers.filter(({ available }) => !available).map(({ evseUid }) => evseUid)

  await tap('T-AAA', 'E1', 'tap-1')
  expect([await taken('T-AAA'), await taken('T-BBB')]).toEqual([['E1'], []])
  await expect(tap('T-OTHER', 'e1', 'tap-2')).rejects.toMatchObject({ code: 'not-available' })
  expect((await tap('T-BBB', 'E1', 'tap-3')).state).toBe('authorizing')
  // A payment of an older program does not say whose EVSE it has: it keeps it from everybody. (F77)
  await start('older', 'T-AAA', { evseUid: 'E2' })
  expect([await taken('T-AAA'), await taken('T-BBB')]).toEqual([
    ['E1', 'E2'],
    ['E1', 'E2'],
  ])
  await expect(tap('T-BBB', 'E2', 'tap-4')).rejects.toMatchObject({ code: 'not-available' })
  await close()
})

test('while a tariff of a connector is not known, only one for card payments is sold by in its place (E-22, E-23)', async () => {
  const { link, mirror, close } = await setUp()
  const owner = { country_code: 'NL', party_id: 'AAA' }
  const site = await mirror.location('peer-1', { countryCode: 'NL', partyId: 'AAA' }, 'L1')
  const evses = site?.evses?.map((evse) => ({
    ...evse,
    connectors: evse.connectors.map((connector) => ({ ...connector, tariff_ids: ['SUBSCRIBER', 'ADHOC'] })),
  }))
  await mirror.putLocation('peer-1', { ...site, evses } as never)
  const { type: _, ...untyped } = tariff
  const soldBy = async () => {
    const [first] = (await link.offers('T-AAA')).chargers
    return first?.reason ?? first?.tariffId
  }
  await mirror.putTariff('peer-1', { ...untyped, ...owner, id: 'SUBSCRIBER' })
  expect(await soldBy()).toBe('no-price')
  await mirror.putTariff('peer-1', { ...tariff, ...owner, id: 'ADHOC' })
  expect(await soldBy()).toBe('ADHOC')
  await mirror.deleteTariff('peer-1', { countryCode: 'NL', partyId: 'AAA' }, 'SUBSCRIBER')
  expect(await soldBy()).toBe('ADHOC')
  await close()
})

test('a bank that approves less than a session costs at least has approved too little, whatever share that is (E-24)', async () => {
  const { link, mirror, payments, close } = await setUp()
  const least = async (tapId: string, min?: number) => {
    const limits = min === undefined ? {} : { min_price: { before_taxes: min } }
    await mirror.putTariff('peer-1', { ...tariff, party_id: 'AAA', ...limits })
    const tap = { locationId: 'L1', connectorId: '1', evseUid: tapId, card: 'approved', language: 'en', tapId }
    return (await payments.find((await link.tap('T-AAA', tap)).reference))!.minimumHold.amountMinor
  }
  expect([await least('E1'), await least('E2', 10)]).toEqual([500, 1210])
  await close()
})

test('a running session is named by what is printed on its charger, also at a terminal that sells it no more', async () => {
  const { link, mirror, start, close } = await setUp()
  const party = { countryCode: 'NL', partyId: 'AAA' }
  const site = await mirror.location('peer-1', party, 'L1')
  const evses = site?.evses?.map((evse) => ({ ...evse, physical_reference: `Bay ${evse.uid}` }))
  await mirror.putLocation('peer-1', { ...site, evses } as never)
  await start('mine', 'T-1', { party, locationId: 'L1', evseUid: 'E2' })
  expect((await link.offers('T-1')).open.map(({ label }) => label)).toEqual(['Bay E2'])
  expect((await link.payment('T-1', 'mine')).label).toBe('Bay E2')
  await close()
})

test('an account of the provider that is configured no longer keeps nobody from stopping; nothing is sold over it', async () => {
  const card = async (text: string) => {
    const masked = text === 'other' ? '**** 7777' : text === 'unread' ? '****' : '**** 1001'
    return { fingerprint: `${text} at main`, brand: 'Visa', masked }
  }
  const contract = { id: 'C', peerId: 'peer-1', name: 'C', settings: { psp_account: 'gone' }, lastUpdated: '' }
  const { link, start, payments, close } = await setUp(() => ({ identify: card }), {
    contracts: { find: async () => contract } as unknown as LinkParts['contracts'],
  })
  const paid = { fingerprint: 'approved at gone', brand: 'Visa', masked: '**** 1001' }
  for (const reference of ['mine', 'unread']) {
    const seen = reference === 'unread' ? { ...paid, masked: '****' } : paid
    await start(reference, 'T-AAA', { card: seen, terms: { ...usualTerms, pspAccount: 'gone' } })
    await payments.apply(reference, { ...events['start-result'], accepted: true })
  }
  await payments.apply('mine', events['session-reported'])
  const { chargers, open } = await link.offers('T-AAA')
  expect(chargers.map(({ available, reason, price }) => [available, reason, price])).toEqual([
    [false, 'no-price', undefined],
    [false, 'no-price', undefined],
  ])
  expect(open.map(({ reference }) => reference).sort()).toEqual(['mine', 'unread'])
  expect((await link.receipts('T-AAA', 'approved')).map(({ reference }) => reference)).toEqual([])
  const tap = { locationId: 'L1', connectorId: '1', evseUid: 'E1', card: 'approved', language: 'en', tapId: 'tap-1' }
  await expect(link.tap('T-AAA', tap)).rejects.toMatchObject({ code: 'psp-unavailable' })

  const stop = (reference: string, text: string) => link.stop('T-AAA', { reference, card: text })
  await expect(stop('mine', 'other')).rejects.toMatchObject({ code: 'wrong-card' })
  await expect(stop('unread', 'unread')).rejects.toMatchObject({ code: 'wrong-card' })
  expect((await stop('mine', 'approved')).state).toBe('stopping')
  await close()
})

test('who sells the energy is kept with the payment as it was at the tap: the operator of the site', async () => {
  const { link, mirror, payments, close } = await setUp()
  const site = await mirror.location('peer-1', { countryCode: 'NL', partyId: 'AAA' }, 'L1')
  await mirror.putLocation('peer-1', { ...site, operator: { name: 'Fast Charge BV' } } as never)
  const tap = { locationId: 'L1', connectorId: '1', evseUid: 'E1', card: 'approved', language: 'en', tapId: 'tap-1' }
  const { reference } = await link.tap('T-AAA', tap)
  await mirror.putLocation('peer-1', { ...site, operator: { name: 'New Owner GmbH' } } as never)
  expect((await payments.find(reference))?.seller?.name).toBe('Fast Charge BV')
  await close()
})
