/** The CPO's central system and stations of both protocols over real WebSockets: every outcome of every command, right money. */
import { describe, expect, test } from 'vitest'
import { type At, openAt, type Plugged, worlds } from './plugged.ts'
import { type RawStation, rawStation } from './raw-station.ts'
import { commandsOf, newAnswer, sitesOf, tokenOf } from './station-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Name of the station, what it does when it is started, and what the partner hears. */
const STARTS: readonly (readonly [string, RawStation['answers'][string], string])[] = [
  ['REJECTS', { status: 'Rejected' }, 'REJECTED'],
  ['BREAKS', { code: 'InternalError', text: 'no' }, 'FAILED'],
  ['CANNOT', { code: 'NotImplemented', text: 'what?' }, 'NOT_SUPPORTED'],
  ['SILENT', 'silent', 'TIMEOUT'],
]
/** What every command may come to. */
const FAILING: readonly (readonly [RawStation['answers'][string], string])[] = [
  [{ code: 'GenericError', text: 'no' }, 'FAILED'],
  [{ code: 'NotImplemented', text: 'what?' }, 'NOT_SUPPORTED'],
  [{ code: 'NotSupported', text: 'not here' }, 'NOT_SUPPORTED'],
  ['silent', 'TIMEOUT'],
]
const STATIONS = ['PAYS', 'LATE', 'BUSY', 'BROKEN', 'GONE', 'KEEPS', 'LEAVES', ...STARTS.map(([name]) => name)]

type World = Plugged
const open = (at: At) => openAt(at, { sites: sitesOf(STATIONS), commandTimeoutMs: 1_000 })

/** Everything that a paid session is: idle phase, signed values, a connection that is lost, money to the cent. */
async function paid(world: World): Promise<void> {
  const { words } = world
  let station = await world.plug('PAYS')
  const id = await world.start('PAYS')
  expect(await world.resultOf(id)).toBe('ACCEPTED')
  const t0 = Date.parse(world.now())
  const after = (minutes: number) => new Date(t0 + minutes * MINUTE).toISOString()
  const begun = await words.begin(station, after(0), 5000)
  expect(begun.answer).toBe('Accepted')
  await words.meter(station, begun.id, { at: after(0), wh: 5000, signed: 'Transaction.Begin' })
  world.jump(30 * MINUTE)
  await words.meter(station, begun.id, { at: after(30), wh: 10_500 })
  await world.until('the running cost is told', () =>
    world.ptp.told.find(({ body }) => body['kwh'] === 5.5 && body['status'] === 'ACTIVE'),
  )
  await words.flow(station, begun.id, after(30), true)
  world.jump(30 * MINUTE)
  await words.meter(station, begun.id, { at: after(60), wh: 10_500 })
  await words.flow(station, begun.id, after(60), false)
  await station.close()
  world.jump(90 * MINUTE)
  station = await rawStation({ port: world.port, id: 'PAYS', protocol: station.protocol })
  await words.meter(station, begun.id, { at: after(90), wh: 16_000, signed: 'Transaction.End' })
  await words.end(station, begun.id, after(90), 16_000)
  const cdr = await world.cdrOf(id)
  // 11 kWh at 0.40, the fee of 0.50, half an hour of standing at 2.00 an hour.
  expect(cdr.total_cost.before_taxes).toBe(5.9)
  expect(cdr).toMatchObject({ total_energy: 11, total_time: 1.5, total_parking_time: 0.5, end_date_time: after(90) })
  expect(cdr.authorization_reference).toBe(id)
  expect(cdr.signed_data?.encoding_method).toBe('OCMF')
  expect(cdr.signed_data?.signed_values.map(({ nature }) => nature)).toEqual(['Start', 'End'])
  expect(cdr.signed_data?.signed_values[0]?.plain_data).toMatch(/^OCMF\|/)
  await station.close()
}

async function startOutcomes(world: World): Promise<void> {
  const { words } = world
  for (const [name, reply, result] of STARTS) {
    const station = await world.plug(name)
    station.answers[words.names.start] = reply
    expect(await world.resultOf(await world.start(name)), name).toBe(result)
  }
  for (const [name, status, result] of [
    ['BUSY', 'Reserved', 'EVSE_OCCUPIED'],
    ['BROKEN', 'Faulted', 'EVSE_INOPERATIVE'],
  ] as const) {
    const station = await world.plug(name)
    station.answers[words.names.start] = async () => {
      await words.status(station, status, world.now())
      return { status: 'Rejected' }
    }
    expect(await world.resultOf(await world.start(name)), name).toBe(result)
  }
  expect(await world.start('GONE')).toBe('REJECTED')
}

async function stopOutcomes(world: World): Promise<void> {
  const { words } = world
  let station = await world.plug('LATE')
  const id = await world.start('LATE')
  await world.resultOf(id)
  const { id: transaction } = await words.begin(station, world.now(), 0)
  const session = await world.until('the session', () =>
    world.ptp.told.findLast(({ body }) => body['authorization_reference'] === id && body['status'] === 'PENDING'),
  )
  const stop = async () => {
    const answer = newAnswer()
    const body = { response_url: answer.response_url, session_id: String(session.body['id']) }
    expect((await commandsOf(world.ptp).stopSession({ body })).data.result).toBe('ACCEPTED')
    return world.resultOf(answer.id)
  }
  for (const [reply, result] of [
    [{ status: 'Rejected' }, 'REJECTED'],
    [{ code: 'GenericError', text: 'no' }, 'FAILED'],
    [{ code: 'NotImplemented', text: 'what?' }, 'NOT_SUPPORTED'],
    [{ code: 'NotSupported', text: 'not here' }, 'NOT_SUPPORTED'],
    ['silent', 'TIMEOUT'],
    [{ status: 'Accepted' }, 'ACCEPTED'],
  ] as const) {
    station.answers[words.names.stop] = reply
    expect(await stop()).toBe(result)
  }
  station.answers[words.names.stop] = async () => {
    await words.status(station, 'Faulted', world.now())
    return { status: 'Rejected' }
  }
  expect(await stop(), 'broken').toBe('EVSE_INOPERATIVE')
  await station.close()
  await world.until('it is gone', () => !world.cpo.chargers.online('LATE') || undefined)
  expect(await stop(), 'gone').toBe('EVSE_INOPERATIVE')
  station = await rawStation({ port: world.port, id: 'LATE', protocol: station.protocol })
  world.jump(10 * MINUTE)
  await words.end(station, transaction, world.now(), 900)
  expect((await world.cdrOf(id)).total_energy).toBe(0.9)
}

async function reservations(world: World): Promise<void> {
  const { words, ptp } = world
  const station = await world.plug('KEEPS')
  const reserve = async (reservation_id: string, reply: RawStation['answers'][string]) => {
    const answer = newAnswer()
    station.answers['ReserveNow'] = reply
    const place = { location_id: 'LOC', evse_uid: 'E-KEEPS' }
    const expiry_date = new Date(Date.parse(world.now()) + HOUR).toISOString()
    const body = { response_url: answer.response_url, token: tokenOf('GUEST'), reservation_id, expiry_date, ...place }
    expect((await commandsOf(ptp).reserveNow({ body })).data.result).toBe('ACCEPTED')
    return { id: answer.id, result: await world.resultOf(answer.id) }
  }
  const cancel = async (reservation_id: string) => {
    const answer = newAnswer()
    const body = { response_url: answer.response_url, reservation_id }
    expect((await commandsOf(ptp).cancelReservation({ body })).data.result).toBe('ACCEPTED')
    return world.resultOf(answer.id)
  }
  for (const [status, result] of [
    ['Occupied', 'EVSE_OCCUPIED'],
    ['Faulted', 'EVSE_INOPERATIVE'],
    ['Rejected', 'REJECTED'],
    ['Unavailable', 'EVSE_INOPERATIVE'],
  ] as const)
    expect((await reserve('r-1', { status })).result).toBe(result)
  for (const [reply, result] of FAILING) expect((await reserve('r-1', reply)).result).toBe(result)
  expect(await cancel('r-1')).toBe('UNKNOWN_RESERVATION')
  expect((await reserve('r-2', { status: 'Accepted' })).result).toBe('ACCEPTED')
  for (const [reply, result] of FAILING) {
    station.answers['CancelReservation'] = reply
    expect(await cancel('r-2')).toBe(result)
  }
  station.answers['CancelReservation'] = { status: 'Accepted' }
  await world.until('a Session in state RESERVATION', () =>
    ptp.told.find(({ what, body }) => what === 'putSession' && body['status'] === 'RESERVATION'),
  )
  expect(await world.start('KEEPS'), 'another driver').toBe('REJECTED')
  expect(await cancel('r-2')).toBe('ACCEPTED')
  const third = await reserve('r-3', { status: 'Accepted' })
  const kept = await world.admin.get<readonly { id: string; state: string }[]>('/reservations')
  await world.admin.post(`/reservations/${kept.find(({ state }) => state === 'reserved')!.id}/cancel`)
  await world.until('the operator takes it back', () =>
    ptp.told.find(({ body }) => body['id'] === third.id && body['result'] === 'CANCELED_RESERVATION'),
  )
  await reserve('r-4', { status: 'Accepted' })
  await words.status(station, 'Reserved', world.now())
  const used = await world.start('KEEPS', { token: tokenOf('GUEST') })
  expect(await world.resultOf(used)).toBe('ACCEPTED')
  expect(JSON.stringify(station.got.at(-1)?.payload)).toContain('"GUEST"')
  expect(await cancel('r-4')).toBe('UNKNOWN_RESERVATION')
}

async function unlocking(world: World): Promise<void> {
  const station = await world.plug('GONE')
  for (const [reply, result] of [
    [{ status: 'Unlocked' }, 'ACCEPTED'],
    [{ status: 'UnlockFailed' }, 'FAILED'],
    [{ status: 'UnlockFailed' }, 'FAILED'],
    ...(station.protocol === 'ocpp1.6'
      ? [[{ status: 'NotSupported' }, 'NOT_SUPPORTED'] as const]
      : ([
          [{ status: 'OngoingAuthorizedTransaction' }, 'EVSE_OCCUPIED'],
          [{ status: 'UnknownConnector' }, 'FAILED'],
        ] as const)),
    ...FAILING,
  ] as const) {
    station.answers['UnlockConnector'] = reply
    const answer = newAnswer()
    const body = { response_url: answer.response_url, location_id: 'LOC', evse_uid: 'E-GONE', connector_id: '1' }
    expect((await commandsOf(world.ptp).unlockConnector({ body })).data.result).toBe('ACCEPTED')
    expect(await world.resultOf(answer.id)).toBe(result)
  }
}

/** A station that leaves: what was promised before comes to a result, anything new is refused at once. */
async function leaving(world: World): Promise<void> {
  const station = await world.plug('LEAVES')
  const place = { location_id: 'LOC', evse_uid: 'E-LEAVES' }
  const reserve = async (reservation_id: string) => {
    const { id, response_url } = newAnswer()
    const expiry_date = new Date(Date.parse(world.now()) + HOUR).toISOString()
    const body = { response_url, token: tokenOf('GUEST'), reservation_id, expiry_date, ...place }
    return { id, said: (await commandsOf(world.ptp).reserveNow({ body })).data.result }
  }
  expect(await world.resultOf((await reserve('r-leaves')).id)).toBe('ACCEPTED')
  await station.close()
  await world.until('it is gone', () => !world.cpo.chargers.online('LEAVES') || undefined)
  const cancelled = newAnswer()
  const cancel = { response_url: cancelled.response_url, reservation_id: 'r-leaves' }
  expect((await commandsOf(world.ptp).cancelReservation({ body: cancel })).data.result).toBe('ACCEPTED')
  expect(await world.resultOf(cancelled.id)).toBe('EVSE_INOPERATIVE')
  expect((await reserve('r-other')).said).toBe('REJECTED')
  const unlock = { response_url: newAnswer().response_url, ...place, connector_id: '1' }
  expect((await commandsOf(world.ptp).unlockConnector({ body: unlock })).data.result).toBe('REJECTED')
}

/** Milliseconds from a status at the station to its PATCH at the partner. */
async function pushes(world: World): Promise<number> {
  const station = await world.plug('GONE')
  const asked = performance.now()
  await world.words.status(station, 'Unavailable', world.now())
  await world.until('the push', () =>
    world.ptp.told.findLast(
      ({ what, body }) => what === 'patchEvse' && body['uid'] === 'E-GONE' && body['status'] === 'INOPERATIVE',
    ),
  )
  return performance.now() - asked
}

describe.each(worlds)('stations that speak $name', (at) => {
  test('charge, idle, are cut off, and are billed to the cent; every command comes back as what the station made of it', async () => {
    const world = await open(at)
    await paid(world)
    await startOutcomes(world)
    await stopOutcomes(world)
    await reservations(world)
    await unlocking(world)
    await leaving(world)
    expect(await pushes(world)).toBeLessThan(1000)
    const [location] = await world.admin.get<readonly { evses: { uid: string; status: string }[] }[]>('/locations')
    expect(location?.evses.find(({ uid }) => uid === 'E-BROKEN')?.status).toBe('OUTOFORDER')
    expect(world.faults()).toEqual([])
    await world.close()
  })
})
