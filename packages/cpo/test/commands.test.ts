import { expect, test } from 'vitest'
import { demoSites } from '../src/sites/demo.ts'
import { charge, command, plugIn, REFERENCE, read, stage, start, startBody, stopTransaction } from './stage.ts'

const MINUTE = 60_000
const OTHER = '0b0b0b0b-0000-4000-8000-000000000002'

test('an unknown location is 2003 with a CommandResponse REJECTED', async () => {
  const { ptp } = await stage()
  await expect(start(ptp, { location_id: 'NOWHERE' })).rejects.toMatchObject({
    http: 200,
    statusCode: 2003,
    data: { result: 'REJECTED' },
  })
})

test.each([
  ['an unknown EVSE', { evse_uid: 'NOPE' }, 'Location LOC-CITY has no EVSE "NOPE".'],
  ['an unknown connector', { connector_id: '9' }, 'EVSE NLPLGE101 has no connector "9".'],
  ['no EVSE where there are two', { evse_uid: undefined }, 'Location LOC-CITY has 2 EVSEs. Name one in evse_uid.'],
  [
    'a charger that is not there',
    { location_id: 'LOC-HIGHWAY', evse_uid: 'NLPLGE203' },
    'EVSE NLPLGE203 is out of use (UNKNOWN).',
  ],
])('%s is REJECTED with the reason', async (_, change, text) => {
  const world = await stage()
  const { data } = await start(world.ptp, change)
  expect(data).toEqual({ result: 'REJECTED', timeout: 30, message: [{ language: 'en', text }] })
  await world.pass(1000)
  expect(world.ac.got).toEqual([])
})

test.each(['Faulted', 'Unavailable', 'Charging', 'Finishing', 'Reserved'])(
  'an EVSE that is %s is REJECTED',
  async (status) => {
    const { ptp, ac } = await stage()
    await ac.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status })
    expect((await start(ptp)).data.result).toBe('REJECTED')
  },
)

test('a car that is plugged in already can be started', async () => {
  const { ptp, ac } = await stage()
  await ac.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' })
  expect((await start(ptp)).data.result).toBe('ACCEPTED')
})

test('ids are compared without case', async () => {
  const { ptp } = await stage()
  expect((await start(ptp, { location_id: 'loc-city', evse_uid: 'nlplge101' })).data.result).toBe('ACCEPTED')
})

test('START_SESSION_CONNECTOR_REQUIRED makes connector_id required', async () => {
  const [city, highway] = demoSites.locations
  const [evse, other] = city!.evses
  const capabilities = ['REMOTE_START_STOP_CAPABLE', 'START_SESSION_CONNECTOR_REQUIRED']
  const locations = [{ ...city!, evses: [{ ...evse!, capabilities }, other!] }, highway!]
  const { ptp } = await stage({ sites: { ...demoSites, locations } })

  expect((await start(ptp, { connector_id: undefined })).data.result).toBe('REJECTED')
  expect((await start(ptp)).data.result).toBe('ACCEPTED')
})

test('of two commands for one EVSE the second is REJECTED, also at the same moment', async () => {
  const { ptp } = await stage()
  const answers = await Promise.all([start(ptp), start(ptp, { authorization_reference: OTHER })])
  expect(answers.map(({ data }) => data.result)).toEqual(['ACCEPTED', 'REJECTED'])
})

test('an EVSE is free again when its session has ended', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  await world.pass(MINUTE)
  await stopTransaction(world, transaction, 2000)
  expect((await start(world.ptp, { authorization_reference: OTHER })).data.result).toBe('ACCEPTED')
})

test('the same START_SESSION again starts nothing; its result goes to the new URL', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const again = await start(world.ptp, { response_url: 'https://ptp.example/ocpi/2.3.0/sender/commands/start-2' })
  await world.pass(1000)

  expect(again.data.result).toBe('ACCEPTED')
  expect(world.ac.got).toHaveLength(1)
  expect(world.ptp.told.filter(({ what }) => what === 'result').map(({ body }) => body['id'])).toEqual([
    'start-1',
    'start-2',
  ])
})

test('another START_SESSION with a used reference is REJECTED, whatever its case', async () => {
  const { ptp } = await stage()
  await start(ptp)
  const { data } = await start(ptp, { authorization_reference: REFERENCE.toUpperCase(), evse_uid: 'NLPLGE102' })
  expect(data.result).toBe('REJECTED')
})

test('two partners may use the same reference', async () => {
  const world = await stage()
  const other = await world.partner('OTH')
  expect((await start(world.ptp)).data.result).toBe('ACCEPTED')
  expect((await start(other, { evse_uid: 'NLPLGE102', response_url: `${other.origin}/r/1` })).data.result).toBe(
    'ACCEPTED',
  )
})

test.each([
  ['Rejected', 'REJECTED'],
  ['silent', 'TIMEOUT'],
] as const)('a charger that is %s: result %s and no session', async (answer, result) => {
  const world = await stage()
  world.ac.answers = { RemoteStartTransaction: answer }
  await start(world.ptp)
  await world.pass(MINUTE)
  expect(world.ptp.heard()).toEqual([`result ${result}`])
})

test('the result goes to the response_url exactly as given', async () => {
  const world = await stage()
  const asked: string[] = []
  const serve = world.network.get(world.ptp.origin)!
  world.network.set(world.ptp.origin, (request) => {
    asked.push(request.url)
    return serve(request)
  })
  const url = 'https://ptp.example/ocpi/2.3.0/sender/commands/a%2Fb?x=1&y=%20z'
  await start(world.ptp, { response_url: url })
  await world.pass(1000)
  expect(asked[0]).toBe(url)
})

test('a token that is not valid by its own word is not looked at', async () => {
  const { ptp } = await stage()
  const { token } = startBody()
  expect((await start(ptp, { token: { ...token, valid: false } })).data.result).toBe('ACCEPTED')
})

test('STOP_SESSION stops the charger and tells its answer', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  const session_id = String(world.ptp.last('putSession')!['id'])
  const response_url = 'https://ptp.example/ocpi/2.3.0/sender/commands/stop-1'
  const { data } = await command(world.ptp).stopSession({ body: { response_url, session_id } })
  await world.pass(1000)

  expect(data.result).toBe('ACCEPTED')
  expect(world.ac.got.at(-1)).toEqual({ action: 'RemoteStopTransaction', payload: { transactionId: transaction } })
  expect(world.ptp.last('result')).toMatchObject({ result: 'ACCEPTED', id: 'stop-1' })
})

test('STOP_SESSION of an unknown session, or of one of another partner, is UNKNOWN_SESSION', async () => {
  const world = await stage()
  const other = await world.partner('OTH')
  await start(world.ptp)
  await world.pass(1000)
  const session_id = String(world.ptp.last('putSession')!['id'])
  const stop = async (ptp: typeof other, id: string) =>
    (await command(ptp).stopSession({ body: { response_url: `${ptp.origin}/r/1`, session_id: id } })).data.result

  expect(await stop(world.ptp, 'nothing')).toBe('UNKNOWN_SESSION')
  expect(await stop(world.ptp, 'evse/nlplge101')).toBe('UNKNOWN_SESSION')
  expect(await stop(other, session_id)).toBe('UNKNOWN_SESSION')
})

test('an EVSE that is not RESERVABLE is not reserved: NOT_SUPPORTED', async () => {
  const { ptp } = await stage()
  const { token, location_id } = startBody()
  const response_url = 'https://ptp.example/r/1'
  const { data } = await command(ptp).reserveNow({
    body: {
      response_url,
      token,
      location_id,
      evse_uid: 'NLPLGE101',
      reservation_id: 'r-1',
      expiry_date: '2030-01-16T00:00:00Z',
    },
  })
  expect(data.result).toBe('NOT_SUPPORTED')
})

test('a session that nears what the tariff asks to be held is stopped by us', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world, 0)
  await charge(world, transaction, { from: 0, to: 99_000 })
  expect(world.ac.got).toHaveLength(1)
  await world.pass(MINUTE)
  await read(world, transaction, 100_000)
  expect(world.ac.got.at(-1)).toEqual({ action: 'RemoteStopTransaction', payload: { transactionId: transaction } })
})
