/** Stations as the operator has them: taken in, told what to do, several connectors behind one EVSE. */
import { expect, test } from 'vitest'
import { demoSites } from '../src/sites/demo.ts'
import { fakeCharger } from './fake-charger.ts'
import { type Stage, stage, start } from './stage.ts'

const quarantine = { settings: { unknownStations: 'quarantine' } } as const
interface Locations {
  readonly body: readonly {
    readonly id: string
    readonly evses: readonly { readonly uid: string; readonly status: string }[]
  }[]
}
const statusOf = async ({ admin }: Stage, uid: string) =>
  ((await admin('GET', '/locations')) as Locations).body.flatMap(({ evses }) => evses).find((evse) => evse.uid === uid)
    ?.status

const plan = { location_id: 'LOC-CITY', tariff_ids: ['AC-ADHOC'], power_kw: 11 }

test('a station nobody knows is let in, sells nothing, is adopted, sells, and is forgotten', async () => {
  const world = await stage(quarantine)
  const { stations } = world.cpo
  expect(stations.admission('NEW-1')).toBe(true)
  const station = await world.plug('NEW-1')
  await world.pass(10_000)
  expect(await station.say('Authorize', { idTag: 'ANY' })).toMatchObject({ idTagInfo: { status: 'Invalid' } })
  expect(await world.admin('GET', '/chargers/NEW-1')).toMatchObject({
    body: {
      adoption: 'quarantined',
      vendor: 'Test',
      reported: [
        { evse: null, connector: 1 },
        { evse: null, connector: 2 },
      ],
      connectors: [],
    },
  })
  expect(world.faults.map(({ code }) => code)).toEqual(['STATION_UNKNOWN'])

  const adopted = await world.admin('POST', '/chargers/NEW-1/adopt', plan)
  expect(adopted).toMatchObject({ body: { adoption: 'adopted', connectors: [{ evse_uid: 'NLPLGENEW11' }, {}] } })
  await world.pass(1000)
  expect(world.ptp.last('putLocation')).toMatchObject({ id: 'LOC-CITY' })
  expect(await statusOf(world, 'NLPLGENEW11')).toBe('AVAILABLE')
  expect((await start(world.ptp, { evse_uid: 'NLPLGENEW11' })).data.result).toBe('ACCEPTED')
  await world.pass(1000)
  expect(station.got.at(-1)).toMatchObject({ action: 'RemoteStartTransaction', payload: { connectorId: 1 } })

  await world.admin('DELETE', '/chargers/NEW-1')
  expect(await statusOf(world, 'NLPLGENEW11')).toBe('REMOVED')
})

test('what was adopted is there after a restart, and so is a secret', async () => {
  const world = await stage(quarantine)
  world.cpo.stations.admission('NEW-1')
  await world.plug('NEW-1')
  await world.pass(1000)
  await world.admin('POST', '/chargers/NEW-1/adopt', plan)
  const { body } = await world.admin('POST', '/chargers/NEW-1/secret', { secret: 'sixteen-letters!' })
  expect(body).toEqual({ id: 'NEW-1', secret: 'sixteen-letters!' })
  await world.cpo.stop()
  const next = world.again()
  await next.start()
  expect(next.stations.admission('new-1', 'sixteen-letters!')).toBe(true)
  expect(next.stations.admission('NEW-1', 'sixteen letters?')).toBe('wrong-secret')
  expect(next.stations.sites.locations[0]?.evses.map(({ uid }) => uid)).toContain('NLPLGENEW11')
})

test.each([
  ['a location that is not ours', { ...plan, location_id: 'NOWHERE' }, 404, 'location_unknown'],
  ['a tariff that is not ours', { ...plan, tariff_ids: ['NO'] }, 409, 'sites_wrong'],
  ['an EVSE that exists', { ...plan, evses: [{ connector: 1, uid: 'NLPLGE101' }] }, 409, 'sites_wrong'],
])('an adoption with %s changes nothing', async (_, wrong, status, error) => {
  const world = await stage(quarantine)
  world.cpo.stations.admission('NEW-1')
  await world.plug('NEW-1')
  await world.pass(1000)
  expect(await world.admin('POST', '/chargers/NEW-1/adopt', wrong)).toMatchObject({ status, body: { error } })
  expect(await world.admin('GET', '/chargers/NEW-1')).toMatchObject({
    body: { adoption: 'quarantined', connectors: [] },
  })
})

test('strangers fill no more than a hundred places, and none where they are refused', async () => {
  const { cpo, faults } = await stage(quarantine)
  for (let stranger = 1; stranger <= 100; stranger++) expect(cpo.stations.admission(`X${stranger}`)).toBe(true)
  expect(cpo.stations.admission('X101')).toBe(false)
  expect(faults).toHaveLength(101)
  const strict = await stage({ settings: { stationSecrets: 'required' } })
  expect(strict.cpo.stations.admission('X1')).toBe('wrong-secret')
  expect(strict.cpo.stations.admission('PLG-AC-1')).toBe('wrong-secret')
})

test('an EVSE with two connectors is what the busier of them is, and out of use only when both are', async () => {
  const [city, highway] = demoSites.locations
  const [evse] = city!.evses
  const [plug] = evse!.connectors
  const second = { ...plug!, id: '2', charger: { id: 'PLG-AC-1', connector: 2 } }
  const locations = [{ ...city!, evses: [{ ...evse!, connectors: [plug!, second] }] }, highway!]
  const world = await stage({ sites: { ...demoSites, locations } })
  const say = async (connectorId: number, status: string) => {
    await world.ac.say('StatusNotification', { connectorId, errorCode: 'NoError', status })
    return statusOf(world, 'NLPLGE101')
  }
  expect(await say(1, 'Charging')).toBe('CHARGING')
  expect(await say(2, 'Unavailable')).toBe('CHARGING')
  expect(await say(1, 'Finishing')).toBe('BLOCKED')
  expect(await say(1, 'Available')).toBe('AVAILABLE')
  expect(await say(1, 'Faulted')).toBe('INOPERATIVE')
})

test('a station of OCPP 2.0.1 with two connectors in one EVSE is started at the EVSE and billed at the connector that was paid', async () => {
  const [city, highway] = demoSites.locations
  const [evse, other] = city!.evses
  const [plug] = evse!.connectors
  const at = (connector: number) => ({ ...plug!, id: String(connector), charger: { id: 'CP-201', connector, evse: 7 } })
  const locations = [{ ...city!, evses: [{ ...evse!, connectors: [at(1), at(2)] }, other!] }, highway!]
  const world = await stage({ sites: { ...demoSites, locations } })
  const station = fakeCharger('CP-201')
  world.cpo.chargers.accept({ ...station.link, protocol: 'ocpp2.0.1' })
  const timestamp = world.now()
  for (const connectorId of [1, 2])
    await station.say('StatusNotification', { evseId: 7, connectorId, connectorStatus: 'Available', timestamp })
  await start(world.ptp, { connector_id: '2' })
  await world.pass(1000)
  const { idToken, remoteStartId } = station.got.at(-1)!.payload
  expect(station.got.at(-1)).toMatchObject({ action: 'RequestStartTransaction', payload: { evseId: 7 } })
  const begin = (connectorId: number) =>
    station.say('TransactionEvent', {
      ...{ eventType: 'Started', timestamp: world.now(), triggerReason: 'RemoteStart', seqNo: 0, idToken },
      transactionInfo: { transactionId: `tx-${connectorId}`, remoteStartId },
      evse: { id: 7, connectorId },
    })
  expect(await begin(1)).toEqual({ idTokenInfo: { status: 'Invalid' } })
  expect(await begin(2)).toEqual({ idTokenInfo: { status: 'Accepted' } })
  const meter = (wh: number) => [{ timestamp: world.now(), sampledValue: [{ value: wh }] }]
  const event = { triggerReason: 'MeterValuePeriodic', seqNo: 1, transactionInfo: { transactionId: 'tx-2' } }
  // The start said nothing of the register: the first reading is the beginning.
  await station.say('TransactionEvent', {
    ...event,
    eventType: 'Updated',
    timestamp: world.now(),
    meterValue: meter(70_000),
  })
  await world.pass(10 * 60_000)
  await station.say('TransactionEvent', {
    ...event,
    eventType: 'Ended',
    timestamp: world.now(),
    meterValue: meter(72_500),
  })
  await world.pass(1000)
  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 2.5, cdr_location: { connector_id: '2' } })
})

test('orders from the operator reach the station in its own words, with its answer', async () => {
  const world = await stage()
  const order = async (act: string, body: object) => (await world.admin('POST', `/chargers/PLG-AC-1/${act}`, body)).body
  expect(await order('availability', { operative: false })).toEqual({ outcome: 'accepted' })
  expect(await order('reset', { type: 'Hard' })).toEqual({ outcome: 'accepted' })
  world.ac.answers = { UnlockConnector: 'Rejected' }
  expect(await order('unlock', { connector: 2 })).toEqual({ outcome: 'rejected' })
  expect(await order('configuration', { name: 'HeartbeatInterval', value: '60' })).toEqual({
    outcome: 'accepted',
    said: 'Accepted',
  })
  expect(world.ac.got.slice(-4)).toEqual([
    { action: 'ChangeAvailability', payload: { connectorId: 0, type: 'Inoperative' } },
    { action: 'Reset', payload: { type: 'Hard' } },
    { action: 'UnlockConnector', payload: { connectorId: 2 } },
    { action: 'ChangeConfiguration', payload: { key: 'HeartbeatInterval', value: '60' } },
  ])
  expect(await world.admin('POST', '/chargers/NOBODY/reset', {})).toMatchObject({ status: 404 })
  world.ac.drop()
  expect(await order('reset', {})).toEqual({ outcome: 'offline' })
})

test('a hundred strangers wait to be adopted; the next one is turned away and shown, and has its turn when one is forgotten', async () => {
  const { cpo, admin, faults } = await stage(quarantine)
  const { stations } = cpo
  const before = stations.list().length
  for (let number = 0; number < 100; number += 1) expect(stations.admission(`NEW-${number}`)).toBe(true)
  for (let number = 100; number < 150; number += 1) expect(stations.admission(`NEW-${number}`)).toBe(false)
  expect(stations.list()).toHaveLength(before + 100)
  expect(faults.at(-1)).toMatchObject({
    code: 'STATION_UNKNOWN',
    message: expect.stringContaining('100 others wait already'),
  })
  await stations.forget('NEW-7')
  expect(stations.admission('NEW-149')).toBe(true)
  expect(await admin('GET', '/chargers/NEW-149')).toMatchObject({ body: { adoption: 'quarantined' } })
})
