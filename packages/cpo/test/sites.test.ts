import { locations } from '@plugtill/ocpi/modules/locations'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { tokens } from '@plugtill/ocpi/modules/tokens'
import { expect, test } from 'vitest'
import { createCpo } from '../src/cpo.ts'
import { demoSites } from '../src/sites/demo.ts'
import type { FakePtp } from './fake-ptp.ts'
import { stage, start, startBody } from './stage.ts'

const sender = (ptp: FakePtp) => ptp.client.of({ id: ptp.cpoId }, locations, 'sender')
const evse = async (ptp: FakePtp, evse_uid = 'NLPLGE101', location_id = 'LOC-CITY') =>
  (await sender(ptp).evse({ params: { location_id, evse_uid } })).data

test('a status of the charger is the status of the EVSE, raises both times and is pushed', async () => {
  const world = await stage()
  const before = (await sender(world.ptp).location({ params: { location_id: 'LOC-CITY' } })).data
  await world.ac.say('StatusNotification', { connectorId: 1, errorCode: 'GroundFailure', status: 'Faulted' })
  await world.pass(1000)

  const after = (await sender(world.ptp).location({ params: { location_id: 'LOC-CITY' } })).data
  const [first, second] = after.evses ?? []
  expect(first).toMatchObject({ uid: 'NLPLGE101', status: 'OUTOFORDER', last_updated: after.last_updated })
  expect(second?.last_updated).toBe(before.evses?.[1]?.last_updated)
  expect(Date.parse(after.last_updated)).toBeGreaterThan(Date.parse(before.last_updated))
  expect(world.ptp.told.filter(({ what }) => what === 'patchEvse')).toEqual([
    { what: 'patchEvse', body: { uid: 'NLPLGE101', status: 'OUTOFORDER', last_updated: after.last_updated } },
  ])
})

test('A-23: a PATCH of an EVSE the partner does not know is followed by the whole Location', async () => {
  const world = await stage()
  world.ptp.fail('patchEvse', 1)
  await world.ac.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Unavailable' })
  await world.pass(1000)
  expect(world.ptp.told.map(({ what }) => what)).toEqual(['putLocation'])
})

test('a charger that never connected is UNKNOWN; one that leaves becomes UNKNOWN after a while', async () => {
  const world = await stage()
  expect((await evse(world.ptp, 'NLPLGE203', 'LOC-HIGHWAY')).status).toBe('UNKNOWN')
  expect((await evse(world.ptp)).status).toBe('AVAILABLE')
  world.ac.drop()
  await world.pass(14_000)
  expect((await evse(world.ptp)).status).toBe('AVAILABLE')
  await world.pass(2000)
  expect((await evse(world.ptp)).status).toBe('UNKNOWN')
})

test('a connection that flickers is no news to partners; a start is refused while the charger is away', async () => {
  const world = await stage()
  world.ac.drop()
  await world.pass(1000)
  const refused = await start(world.ptp)
  expect(refused.data).toMatchObject({
    result: 'REJECTED',
    message: [{ text: expect.stringContaining('not connected') }],
  })
  await world.back()
  await world.pass(60_000)
  expect(world.ptp.told.filter(({ what }) => what === 'patchEvse')).toEqual([])
  // It has not said by itself how its connectors are, so it was asked.
  expect(world.ac.got.at(-1)).toMatchObject({ payload: { requestedMessage: 'StatusNotification' } })
  expect((await start(world.ptp)).data.result).toBe('ACCEPTED')
})

test('without patience a charger that leaves is UNKNOWN at once', async () => {
  const world = await stage({ settings: { stationGraceS: 0 } })
  world.ac.drop()
  await world.settle()
  expect((await evse(world.ptp)).status).toBe('UNKNOWN')
})

test('a charger that comes back without a word and cannot be asked is as it was', async () => {
  const world = await stage({ settings: { stationGraceS: 0 } })
  world.ac.drop()
  await world.settle()
  world.ac.answers = { TriggerMessage: 'Rejected' }
  world.cpo.chargers.accept(world.ac.link)
  await world.pass(10_000)
  expect((await evse(world.ptp)).status).toBe('AVAILABLE')
})

test('lists are paged and single objects are found at every level', async () => {
  const { ptp } = await stage()
  const page = await sender(ptp).listPage({ query: { limit: 1 } })
  expect(page).toMatchObject({ total: 2, items: [{ id: 'LOC-CITY' }] })
  expect(page.next).toContain('offset=1')
  const params = { location_id: 'LOC-HIGHWAY', evse_uid: 'NLPLGE204', connector_id: '1' }
  expect((await sender(ptp).connector({ params })).data).toMatchObject({ power_type: 'DC', tariff_ids: ['DC-ADHOC'] })
  await expect(sender(ptp).connector({ params: { ...params, connector_id: '2' } })).rejects.toMatchObject({ http: 404 })
})

test('what stands behind an EVSE stays inside: no charger in what partners see', async () => {
  const { ptp } = await stage()
  expect(JSON.stringify((await sender(ptp).listPage()).items)).not.toContain('PLG-AC-1')
})

test('tariffs: the list, one by id, prices with tax and a text in each language', async () => {
  const { ptp } = await stage()
  const calls = ptp.client.of({ id: ptp.cpoId }, tariffs, 'sender')
  expect((await calls.listPage()).items.map(({ id }) => id)).toEqual(['AC-ADHOC', 'DC-ADHOC'])
  const { data } = await calls.tariff({ params: { tariff_id: 'ac-adhoc' } })
  expect(data).toMatchObject({ type: 'AD_HOC_PAYMENT', currency: 'EUR', preauthorize_amount: 50 })
  expect(data.tariff_alt_text?.map(({ language }) => language)).toEqual(['en', 'de', 'nl'])
})

test('a new partner gets tariffs, then locations, and its terminals are fetched', async () => {
  const world = await stage()
  const other = await world.partner('OTH')
  other.terminals.push({ terminal_id: 'T-9', last_updated: '2030-01-15T09:00:00Z' })
  await world.pass(10_000)

  expect(other.told.map(({ what, body }) => `${what} ${String(body['id'])}`).sort()).toEqual([
    'putLocation LOC-CITY',
    'putLocation LOC-HIGHWAY',
    'putTariff AC-ADHOC',
    'putTariff DC-ADHOC',
  ])
  expect((await world.admin('GET', '/terminals')).body).toMatchObject([{ terminal_id: 'T-9' }])
})

test('a change of configuration is told at the next start; what was taken away is REMOVED, never deleted', async () => {
  const world = await stage()
  const [city, highway] = demoSites.locations
  await world.cpo.stop()
  const cpo = createCpo({
    name: 'Plugtill Charging',
    countryCode: 'NL',
    partyId: 'PLG',
    store: world.store,
    clock: world.clock,
    random: () => 0.5,
    ids: () => 'x',
    randomToken: () => 'x',
    send: world.send,
    baseUrl: 'https://cpo.example/cpo/ocpi',
    publicUrl: 'https://cpo.example',
    sites: { ...demoSites, locations: [{ ...city!, evses: [city!.evses[0]!] }] },
  })
  world.network.set('https://cpo.example', cpo.serveOcpi)
  await cpo.start()
  await cpo.idle()

  const statuses = async (location_id: string) =>
    (await sender(world.ptp).location({ params: { location_id } })).data.evses?.map(({ uid, status }) => [uid, status])
  expect(await statuses('LOC-CITY')).toEqual([
    ['NLPLGE101', 'AVAILABLE'],
    ['NLPLGE102', 'REMOVED'],
  ])
  expect(await statuses(highway!.id)).toEqual([
    ['NLPLGE203', 'REMOVED'],
    ['NLPLGE204', 'REMOVED'],
  ])
  expect(world.ptp.told.map(({ what, body }) => [what, body['id']])).toEqual([
    ['putLocation', 'LOC-CITY'],
    ['putLocation', 'LOC-HIGHWAY'],
  ])
})

test.each([['two EVSEs with one uid', { ...demoSites.locations[0]!, id: 'X' }, 'Two EVSEs have the id "NLPLGE101"']])(
  'configuration with %s stops the start',
  async (_, extra, message) => {
    await expect(stage({ sites: { ...demoSites, locations: [...demoSites.locations, extra] } })).rejects.toThrow(
      message,
    )
  },
)

test('tokens a partner pushes are kept, and a PATCH needs one that is there', async () => {
  const { ptp } = await stage()
  const calls = ptp.client.of({ id: ptp.cpoId }, tokens, 'receiver')
  const { token } = startBody()
  const params = { country_code: 'DE', party_id: 'PAY', token_uid: token.uid }
  const query = { type: 'AD_HOC_USER' }
  const patch = { valid: false, last_updated: '2030-01-15T11:00:00Z' }

  await expect(calls.patchToken({ params, query, body: patch })).rejects.toMatchObject({ http: 404, statusCode: 2001 })
  expect((await calls.putToken({ params, query, body: token })).http).toBe(201)
  await calls.patchToken({ params, query, body: patch })
  expect((await calls.token({ params, query })).data).toEqual({ ...token, ...patch })
})

test('our own stop says nothing about the chargers', async () => {
  const world = await stage()
  const drop = world.ac.drop
  world.ac.link.close = async () => drop()
  await world.cpo.stop()
  const next = world.again()
  await next.start()
  await world.passWith(next, 1000)
  expect((await evse(world.ptp)).status).toBe('AVAILABLE')
  await world.passWith(next, 120_000)
  expect((await evse(world.ptp)).status).toBe('UNKNOWN')
})
