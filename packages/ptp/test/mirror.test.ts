import type { Documents } from '@plugtill/engine/documents'
import { documents } from '@plugtill/engine/documents'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Location } from '@plugtill/ocpi/modules/locations'
import { expect, test } from 'vitest'
import { createMirror } from '../src/mirror.ts'
import { locationsReceiver } from '../src/ocpi/locations.receiver.ts'

const OWNER = { countryCode: 'NL', partyId: 'CPO' }
const evse = (uid: string, status = 'AVAILABLE') => ({
  uid,
  status,
  connectors: [],
  last_updated: '2030-01-01T12:00:00Z',
})
const location = (id: string, minute: number, evses: readonly object[]) =>
  ({
    country_code: 'NL',
    party_id: 'CPO',
    id,
    evses,
    last_updated: `2030-01-01T12:${String(minute).padStart(2, '0')}:00Z`,
  }) as unknown as Location

const clock = { now: () => Date.parse('2030-01-01T12:10:00Z') }

async function setUp() {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const books = documents(store, clock)
  const asked: string[] = []
  const watched: Documents = {
    ...books,
    get: (shelf, key) => {
      asked.push(`get ${shelf} ${key}`)
      return books.get(shelf, key)
    },
    put: (shelf, key, body, at) => {
      asked.push(`put ${shelf} ${key}`)
      return books.put(shelf, key, body, at)
    },
    swap: (shelf, before, after) => {
      asked.push(`swap ${shelf} ${after.key}`)
      return books.swap(shelf, before, after)
    },
  }
  const mirror = createMirror(watched, { clock, onChange: () => undefined })
  const placeOf = async (uid: string) => (await mirror.locationOfEvse('peer', OWNER, uid))?.id
  const otherNode = createMirror(books, { clock, onChange: () => undefined })
  return { mirror, otherNode, asked, placeOf, close: store.close }
}

test('a change of status asks for the location alone, however many EVSEs it has', async () => {
  const { mirror, asked, placeOf, close } = await setUp()
  const uids = Array.from({ length: 50 }, (_, n) => `E${n}`)
  await mirror.putLocation(
    'peer',
    location(
      'L1',
      1,
      uids.map((uid) => evse(uid)),
    ),
  )
  asked.length = 0

  await mirror.putLocation('peer', location('L1', 2, [...uids.map((uid) => evse(uid, 'CHARGING')), evse('E99')]))

  expect(asked).toEqual([
    'get locations peer/nl/cpo/l1',
    'put evse-index peer/nl/cpo/e99',
    'swap locations peer/nl/cpo/l1',
  ])
  expect(await placeOf('e7')).toBe('L1')
  expect(await placeOf('E99')).toBe('L1')
  await close()
})

test('an EVSE that moved is found where it is, and again where it came from when it returns', async () => {
  const { mirror, placeOf, close } = await setUp()
  await mirror.putLocation('peer', location('L1', 1, [evse('E1')]))
  await mirror.putLocation('peer', location('L2', 2, [evse('E1')]))
  await mirror.putLocation('peer', location('L1', 3, [evse('E1', 'REMOVED')]))
  expect(await placeOf('E1')).toBe('L2')

  await mirror.putLocation('peer', location('L2', 4, [evse('E1', 'REMOVED')]))
  await mirror.putLocation('peer', location('L1', 5, [evse('E1')]))
  expect(await placeOf('E1')).toBe('L1')
  await close()
})

test('changes of two EVSEs and a connector at the same moment are all kept, also when another node comes in between (C-102)', async () => {
  const { mirror, otherNode, close } = await setUp()
  const at = (minute: number) => `2030-01-01T12:0${minute}:00Z`
  const uids = Array.from({ length: 30 }, (_, n) => `E${n}`)
  const evses = uids.map((uid) => ({
    ...evse(uid),
    last_updated: at(1),
    connectors: [{ id: '1', last_updated: at(1) }],
  }))
  await mirror.putLocation('peer', location('L1', 1, evses))
  const call = (uid: string, body: object) => {
    const params = { country_code: 'NL', party_id: 'CPO', location_id: 'L1', evse_uid: uid, connector_id: '1' }
    return { peer: { id: 'peer' }, params, body } as never
  }
  const [here, there] = [locationsReceiver(mirror, clock), locationsReceiver(otherNode, clock)]
  await Promise.all([
    ...uids.map((uid, n) => (n % 10 ? here : there).patchEvse(call(uid, { status: 'CHARGING', last_updated: at(2) }))),
    here.patchConnector(call('E0', { tariff_ids: ['T9'], last_updated: at(3) })),
    there.putEvse(call('NEW', { ...evse('NEW'), last_updated: at(2) })),
  ])
  const kept = (await mirror.location('peer', OWNER, 'L1'))?.evses ?? []
  expect(kept.filter(({ status }) => status === 'CHARGING')).toHaveLength(30)
  expect(kept.find(({ uid }) => uid === 'E0')?.connectors[0]?.tariff_ids).toEqual(['T9'])
  expect(kept.map(({ uid }) => uid)).toContain('NEW')
  await close()
})

test('a change of one EVSE that comes after a later change of its neighbour is kept, and makes the Location no older', async () => {
  const { mirror, close } = await setUp()
  await mirror.putLocation(
    'peer',
    location(
      'L1',
      1,
      [evse('E1'), evse('E2')].map((one) => ({ ...one, last_updated: '2030-01-01T12:01:00Z' })),
    ),
  )
  const receiver = locationsReceiver(mirror, clock)
  const patch = (uid: string, minute: number) =>
    receiver.patchEvse({
      peer: { id: 'peer' },
      params: { country_code: 'NL', party_id: 'CPO', location_id: 'L1', evse_uid: uid },
      body: { status: 'CHARGING', last_updated: `2030-01-01T12:0${minute}:00Z` },
    } as never)
  await patch('E1', 5)
  await patch('E2', 3)
  // Of one EVSE the later word holds, whenever it comes.
  await patch('E1', 4)
  const kept = await mirror.location('peer', OWNER, 'L1')
  expect(kept?.evses?.map(({ status, last_updated }) => [status, last_updated])).toEqual([
    ['CHARGING', '2030-01-01T12:05:00Z'],
    ['CHARGING', '2030-01-01T12:03:00Z'],
  ])
  // Its CPO is told that the Location has changed with it. (C-101)
  const params = { country_code: 'NL', party_id: 'CPO', location_id: 'L1' }
  const told = await receiver.location({ peer: { id: 'peer' }, params } as never)
  expect(told).toMatchObject({ last_updated: '2030-01-01T12:05:00Z' })
  await close()
})

/** One EVSE with one connector, all told at 12:00; `ask` changes a part of it at this minute. */
async function oneSite() {
  const place = await setUp()
  const told = (minute: number) => ({ last_updated: `2030-01-01T12:0${minute}:00Z` })
  const connectors = [{ id: '1', tariff_ids: ['T1'], ...told(0) }]
  await place.mirror.putLocation('peer', location('L1', 0, [{ ...evse('E1'), connectors, ...told(0) }]))
  const receiver = locationsReceiver(place.mirror, clock)
  const params = { country_code: 'NL', party_id: 'CPO', location_id: 'L1', evse_uid: 'E1', connector_id: '1' }
  const call = (body: object) => ({ peer: { id: 'peer' }, params, body }) as never
  return { ...place, receiver, told, call, get: () => place.mirror.location('peer', OWNER, 'L1') }
}

test('a PATCH of an EVSE or a Location is kept when a later change of something in it was told first (C-101, C-102, F27)', async () => {
  const { receiver, told, call, get, close } = await oneSite()
  await receiver.patchConnector(call({ tariff_ids: ['T2'], ...told(3) }))
  await receiver.patchEvse(call({ status: 'OUTOFORDER', ...told(2) }))
  await receiver.patchLocation(call({ name: 'new', ...told(1) }))
  const kept = await get()
  expect([kept?.name, kept?.evses?.[0]?.status, kept?.evses?.[0]?.connectors[0]?.tariff_ids]).toEqual([
    'new',
    'OUTOFORDER',
    ['T2'],
  ])
  // Of one thing the later word holds; a whole EVSE of before says less than its connector does now.
  await receiver.patchEvse(call({ status: 'CHARGING', ...told(1) }))
  await receiver.putEvse(call({ ...evse('E1'), ...told(2) }))
  expect(await get()).toEqual(kept)
  for (const what of ['location', 'evse'] as const) expect(await receiver[what](call({})), what).toMatchObject(told(3))
  await close()
})

test('a word with a time to come makes no later one older, whoever it was about: one EVSE froze its whole Location (A-20, A-32, F41)', async () => {
  const { mirror, receiver, told, call, get, close } = await oneSite()
  await receiver.patchEvse(call({ status: 'CHARGING', last_updated: '2036-01-01T00:00:00Z' }))
  await receiver.patchEvse(call({ status: 'AVAILABLE', ...told(4) }))
  expect((await get())?.evses?.[0]?.status).toBe('AVAILABLE')
  await receiver.patchEvse(call({ status: 'CHARGING', last_updated: '2036-01-01T00:00:00Z' }))
  expect(await mirror.putLocation('peer', location('L1', 5, [evse('E1')]))).toBe('updated')
  expect(await mirror.putLocation('peer', location('L1', 4, []))).toBe('older')
  await close()
})

test.each(['2030-01-01T12:00:00,5Z', '2029-12-31T23:59:60Z'])(
  'a Location whose time is written as %s is kept like any other, and its body as it came (I16, E-54)',
  async (last_updated) => {
    const { mirror, placeOf, close } = await setUp()
    await mirror.putLocation('peer', { ...location('L1', 1, [evse('E1')]), last_updated })
    expect(await mirror.location('peer', OWNER, 'L1')).toMatchObject({ last_updated })
    expect(await placeOf('E1')).toBe('L1')
    await close()
  },
)
