import type { OcpiClient } from '@plugtill/ocpi/client'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { expect, test } from 'vitest'
import { findSession } from '../src/effects/search.ts'
import { cdrsReceiver } from '../src/ocpi/cdrs.receiver.ts'
import { sessionsReceiver } from '../src/ocpi/sessions.receiver.ts'
import { cdrFor, creditFor } from './scripted-cpo.ts'
import { shelf } from './shelf.ts'

const session = (id: string, reference: string, minute = 5) =>
  ({
    country_code: 'NL',
    party_id: 'CPO',
    id,
    authorization_reference: reference,
    cdr_token: { uid: 'UNKNOWN' },
    evse_uid: `E-${reference}`,
    connector_id: '1',
    status: 'ACTIVE',
    start_date_time: '2030-01-01T12:01:00Z',
    kwh: 1,
    currency: 'EUR',
    last_updated: `2030-01-01T12:0${minute}:00Z`,
  }) as unknown as Session

async function setUp() {
  const place = await shelf()
  await place.start('first')
  await place.start('second')
  const receiver = sessionsReceiver(place)
  const call = (body: Session) =>
    ({
      peer: { id: 'peer-1' },
      params: { country_code: 'NL', party_id: 'CPO', session_id: body.id },
      body,
      reference: () => undefined,
    }) as never
  const put = async (body: Session) => receiver.putSession(call(body))
  const faults = async (reference: string) =>
    (await place.journal.of(reference)).filter(({ kind }) => kind === 'fault').map(({ body }) => body['code'])
  return { ...place, receiver, call, put, faults }
}

test('a session id that is used for a second payment is told with 2001 and kept, and changes neither payment', async () => {
  const { put, receiver, call, payments, faults, close } = await setUp()
  await put(session('S1', 'first'))

  const again = put(session('s1', 'second', 6))

  await expect(again).rejects.toMatchObject({ name: 'OcpiError', statusCode: 2001, message: /"s1".*first.*second/ })
  expect(await faults('second')).toEqual(['SESSION_ID_REUSED'])
  expect(await payments.find('first')).toMatchObject({ state: 'charging', session: { id: 'S1' } })
  expect((await payments.find('second'))?.session).toBeUndefined()
  expect(await receiver.session(call(session('S1', 'first')))).toMatchObject({ authorization_reference: 'first' })
  await close()
})

test('after the refusal a session with an id of its own is taken', async () => {
  const { put, payments, close } = await setUp()
  await put(session('S1', 'first'))
  await put(session('S1', 'second')).catch(() => undefined)
  await put(session('S2', 'second'))
  expect(await payments.find('second')).toMatchObject({ state: 'charging', session: { id: 'S2' } })
  await close()
})

test('a search that meets such a session passes it by and comes to an end', async () => {
  const { put, payments, intake, journal, clock, documents, faults, close } = await setUp()
  await put(session('S1', 'first'))
  const found = [session('S1', 'second')]
  const list = async function* () {
    yield* found
  }
  const client = { of: () => ({ list }) } as unknown as OcpiClient
  const search = findSession({ client, intake, journal, clock, documents, ids: () => 'new-id' })
  const second = await payments.find('second')
  if (!second) throw new Error('no second payment')

  expect(await search(second, { last: false }, 1)).toBeUndefined()
  expect(await search(second, { last: true }, 1)).toMatchObject({ type: 'session-not-found' })
  expect(await faults('second')).toEqual(['SESSION_ID_REUSED', 'SESSION_ID_REUSED'])
  found.push(session('S2', 'second'))
  expect(await search(second, { last: true }, 1)).toMatchObject({ type: 'session-reported', session: { id: 'S2' } })
  await close()
})

test('a search that meets what only waited and the session it began anew takes the one that runs, whatever comes first (C-304)', async () => {
  const { put, payments, intake, journal, clock, documents, close } = await setUp()
  await put({ ...session('P', 'first', 2), status: 'PENDING', kwh: 0 })
  const foundOf = async (...found: Session[]) => {
    const list = async function* () {
      yield* found
    }
    const client = { of: () => ({ list }) } as unknown as OcpiClient
    const search = findSession({ client, intake, journal, clock, documents, ids: () => 'new-id' })
    const payment = await payments.find('first')
    const event = payment && (await search(payment, { last: false }, 1))
    return event?.type === 'session-reported' && `${event.session.id} ${event.session.status}`
  }
  const words = (status: Session['status'], kwh: number) => ({ ...session('P', 'first', 6), status, kwh })
  for (const stale of [words('PENDING', 0), words('INVALID', 0), words('COMPLETED', 0)]) {
    expect(await foundOf(stale, session('S2', 'first'))).toBe('S2 ACTIVE')
    expect(await foundOf(session('S2', 'first'), stale)).toBe('S2 ACTIVE')
    expect(await foundOf(stale, { ...session('S2', 'first'), status: 'COMPLETED' })).toBe('S2 COMPLETED')
    expect(await foundOf(stale)).toBe(`P ${stale.status}`)
  }
  // What is known to run is looked for itself: another one under its reference says nothing of its end.
  await put(session('S2', 'first'))
  expect(await foundOf(session('S3', 'first'), { ...session('S2', 'first'), status: 'COMPLETED' })).toBe('S2 COMPLETED')
  await close()
})

test('a search asks for what changed since the session was last seen, and a word with a time to come hides nothing', async () => {
  const { put, payments, intake, journal, clock, documents, close } = await setUp()
  const asked: string[] = []
  const list = async function* ({ query }: { query: { date_from: string } }) {
    asked.push(query.date_from)
    yield* [] as Session[]
  }
  const client = { of: () => ({ list }) } as unknown as OcpiClient
  const search = findSession({ client, intake, journal, clock, documents, ids: () => 'new-id' })
  const look = async (reference: string) => {
    const payment = await payments.find(reference)
    if (!payment) throw new Error(`no payment ${reference}`)
    await search(payment, { last: false }, 1)
    return { tapped: payment.createdAt, since: Date.parse(asked.at(-1) ?? '') }
  }
  const unseen = await look('first')
  expect(unseen.since).toBe(unseen.tapped - 15 * 60_000)
  await put(session('S1', 'first'))
  expect((await look('first')).since).toBe(Math.min(Date.parse('2030-01-01T12:05:00Z'), clock.now()) - 60_000)
  await put({ ...session('S2', 'second'), last_updated: '2099-01-01T00:00:00Z' })
  expect((await look('second')).since).toBe(clock.now() - 60_000)
  await close()
})

/** Two parties on one connection, each with a session "1" and a bill "1001" of its own. */
async function twoParties() {
  const place = await shelf()
  const partyOf = (id: string) => ({ country_code: 'NL', party_id: id.toUpperCase() })
  for (const id of ['aaa', 'bbb']) await place.start(id, { party: { countryCode: 'NL', partyId: id.toUpperCase() } })
  const sessions = sessionsReceiver(place)
  const bills = cdrsReceiver({ ...place, urlOf: (name) => name })
  const call = (body: object, params: object = {}) =>
    ({ peer: { id: 'peer-1' }, params, body, reference: () => undefined }) as never
  const push = (id: string) => {
    const body = { ...session('1', id), ...partyOf(id) }
    return sessions.putSession(call(body, { ...partyOf(id), session_id: '1' }))
  }
  const token = (id: string) => ({ ...cdrFor(1).cdr_token, uid: `TOKEN-${id}` })
  const bill = (id: string) =>
    cdrFor(10, { ...partyOf(id), id: '1001', session_id: '1', authorization_reference: id, cdr_token: token(id) })
  const post = async (cdr: ReturnType<typeof bill>) => (await bills.postCdr(call(cdr)))?.location
  const read = async (url: string) => {
    const found = await bills.cdr(call({}, { id: url }))
    return found && 'json' in found ? (JSON.parse(String(found.json)) as ReturnType<typeof bill>).party_id : undefined
  }
  return { ...place, push, bill, post, read }
}

test('sessions and bills of two parties of one connection may have the same ids: each is its own payment’s (T13, T22)', async () => {
  const { push, bill, post, read, payments, documents, close } = await twoParties()
  await push('aaa')
  await push('bbb')
  const urls = [await post(bill('aaa')), await post(bill('bbb'))]

  for (const id of ['aaa', 'bbb'])
    expect(await payments.find(id)).toMatchObject({ session: { id: '1' }, cdr: { id: '1001' } })
  expect(await Promise.all(urls.map((url) => read(url ?? '')))).toEqual(['AAA', 'BBB'])
  expect(await documents.all('cdrs')).toHaveLength(2)
  await close()
})

test('a credit takes back a bill of its own party, also when it came before the bill (T23, F52)', async () => {
  const { push, bill, post, payments, close } = await twoParties()
  await push('aaa')
  await push('bbb')
  await post(creditFor(bill('bbb')))
  await post(bill('aaa'))
  await post(bill('bbb'))
  expect((await payments.find('aaa'))?.cdr).toMatchObject({ id: '1001', party: { partyId: 'AAA' } })
  expect((await payments.find('bbb'))?.cdr).toBeUndefined()
  await close()
})

test('a bill without reference is that of its token, whatever session it names; a party bills no payment of another (T13, T22, F54)', async () => {
  const { start, put, intake, payments, faults, close } = await setUp()
  await start('third', { party: { countryCode: 'nl', partyId: 'cpo' } })
  await put(session('1', 'first'))
  const { authorization_reference: _, ...unnamed } = cdrFor(10, { id: '1', session_id: '1' })
  await intake.cdr('peer-1', { ...unnamed, cdr_token: { ...unnamed.cdr_token, uid: 'TOKEN-second' } })
  expect((await payments.find('second'))?.cdr).toMatchObject({ id: '1' })
  expect((await payments.find('first'))?.cdr).toBeUndefined()

  const named = (party_id: string) =>
    cdrFor(10, { id: '2', party_id, session_id: '3', authorization_reference: 'third' })
  await intake.cdr('peer-1', named('BBB'))
  expect((await payments.find('third'))?.cdr).toBeUndefined()
  expect(await faults('third')).toEqual(['CDR_UNMATCHED'])
  await intake.cdr('peer-1', named('CPO'))
  expect((await payments.find('third'))?.cdr).toMatchObject({ id: '2', party: { partyId: 'CPO' } })
  await close()
})

test('what an older program kept by the id alone is known again to its own party, and its URL stays good', async () => {
  const { bill, post, read, payments, documents, close } = await twoParties()
  const old = bill('aaa')
  await documents.put('cdrs', 'peer-1/1001', JSON.stringify(old), old.last_updated)
  await expect(post({ ...old, total_energy: 11 })).rejects.toMatchObject({ statusCode: 2001 })
  await post(bill('bbb'))
  expect((await payments.find('bbb'))?.cdr).toMatchObject({ id: '1001', party: { partyId: 'BBB' } })
  expect([await read('1001'), await read('nl*aaa*1001'), await read('NL*BBB*1001')]).toEqual(['AAA', 'AAA', 'BBB'])
  await close()
})

test('a payment that an older program began is found by its session whatever its party is', async () => {
  const { start, put, intake, payments, close } = await setUp()
  await start('known', { party: { countryCode: 'NL', partyId: 'CPO' } })
  await put(session('S1', 'first'))
  const { authorization_reference: _, ...bill } = cdrFor(10)
  await intake.cdr('peer-1', { ...bill, session_id: 's1' } as never)
  expect((await payments.find('first'))?.cdr).toMatchObject({ id: 'CDR1' })
  await close()
})

test.each(['2030-01-01T12:05:00,5Z', '2030-01-01T12:05:60Z'])(
  'a session whose time is written as %s is taken like any other (I16, E-54)',
  async (last_updated) => {
    const { put, payments, close } = await setUp()
    await put({ ...session('S1', 'first'), last_updated })
    expect(await payments.find('first')).toMatchObject({ state: 'charging', session: { id: 'S1' } })
    await close()
  },
)

test('a last look counts as failed when the CPO could not be asked, not when our own process ended in the middle of it (F13, F16)', async () => {
  const { payments, intake, journal, clock, documents, close } = await setUp()
  const found: Session[] = []
  let isAway = true
  const list = async function* () {
    if (isAway) throw new Error('cut')
    yield* found
  }
  const client = { of: () => ({ list }) } as unknown as OcpiClient
  const search = findSession({ client, intake, journal, clock, documents, ids: () => 'new-id' })
  const payment = await payments.find('first')
  if (!payment) throw new Error('no first payment')
  const looks = async (...attempts: readonly number[]) => {
    const events: (string | undefined)[] = []
    for (const attempt of attempts)
      events.push(
        await search(payment, { last: true }, attempt).then(
          (event) => event?.type,
          (error: Error) => error.message,
        ),
      )
    return events
  }
  // Two attempts before the first of these died with us, and one between them.
  expect(await looks(3, 5, 6)).toEqual(['cut', 'cut', 'session-not-found'])
  expect(await looks(7, 8)).toEqual(['cut', 'cut'])
  isAway = false
  found.push(session('S1', 'first'))
  expect(await looks(9)).toEqual(['session-reported'])
  isAway = true
  expect(await looks(10, 11, 12)).toEqual(['cut', 'cut', 'session-not-found'])
  await close()
})
