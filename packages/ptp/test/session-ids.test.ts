import type { OcpiClient } from '@plugtill/ocpi/client'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { expect, test } from 'vitest'
import { findSession } from '../src/effects/search.ts'
import { sessionsReceiver } from '../src/ocpi/sessions.receiver.ts'
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
  const { put, payments, intake, journal, clock, faults, close } = await setUp()
  await put(session('S1', 'first'))
  const found = [session('S1', 'second')]
  const list = async function* () {
    yield* found
  }
  const client = { of: () => ({ list }) } as unknown as OcpiClient
  const search = findSession({ client, intake, journal, clock, ids: () => 'new-id' })
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
  const { put, payments, intake, journal, clock, close } = await setUp()
  await put({ ...session('P', 'first', 2), status: 'PENDING', kwh: 0 })
  const foundOf = async (...found: Session[]) => {
    const list = async function* () {
      yield* found
    }
    const client = { of: () => ({ list }) } as unknown as OcpiClient
    const search = findSession({ client, intake, journal, clock, ids: () => 'new-id' })
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
  const { put, payments, intake, journal, clock, close } = await setUp()
  const asked: string[] = []
  const list = async function* ({ query }: { query: { date_from: string } }) {
    asked.push(query.date_from)
    yield* [] as Session[]
  }
  const client = { of: () => ({ list }) } as unknown as OcpiClient
  const search = findSession({ client, intake, journal, clock, ids: () => 'new-id' })
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
