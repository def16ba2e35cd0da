import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { expect, test } from 'vitest'
import { advise, plugIn, REFERENCE, read, stage, start, stopTransaction } from './stage.ts'

const MINUTE = 60_000

test('start, charge, stop, CDR, advice, invoice: the whole way over real bytes', async () => {
  const world = await stage()
  const { ptp, cpo, pass, admin } = world

  const answer = await start(ptp)
  expect(answer.data).toEqual({ result: 'ACCEPTED', timeout: 30 })
  await pass(1000)
  expect(ptp.heard()).toEqual(['result ACCEPTED', 'putSession PENDING'])

  const transaction = await plugIn(world)
  await pass(30 * MINUTE)
  await read(world, transaction, 11_000)
  await pass(30 * MINUTE)
  await stopTransaction(world, transaction, 21_500)
  expect(ptp.heard()).toEqual([
    'result ACCEPTED',
    'putSession PENDING',
    'patchSession ACTIVE',
    'patchSession ACTIVE',
    'putSession COMPLETED',
    'cdr',
  ])

  expect(ptp.last('putSession')).toMatchObject({
    kwh: 20.5,
    authorization_reference: REFERENCE,
    evse_uid: 'NLPLGE101',
    auth_method: 'COMMAND',
    currency: 'EUR',
    status: 'COMPLETED',
    cdr_token: { country_code: 'DE', party_id: 'PAY', uid: 'CARD0001', type: 'AD_HOC_USER', contract_id: 'CARD0001' },
  })
  const cdr = ptp.last('cdr')!
  expect(cdr).toMatchObject({
    total_energy: 20.5,
    total_time: 1,
    total_cost: { before_taxes: 8.7 },
    authorization_reference: REFERENCE,
    session_id: ptp.last('putSession')!['id'],
    invoice_reference_id: REFERENCE,
  })

  expect((await cpo.serveInvoice(REFERENCE)).body).toContain('not been confirmed')
  await advise(ptp)
  const page = await cpo.serveInvoice(REFERENCE)
  expect(page.status).toBe(200)
  expect(page.body).toContain('VISA **** 1234')
  expect(page.body).toContain('10.53')
  const { body } = await admin('GET', '/sessions')
  expect((body as { state: string }[]).map(({ state }) => state)).toEqual(['closed'])
  expect(world.faults).toEqual([])
})

test('the CDR is served as it was sent, and only to the partner it belongs to', async () => {
  const world = await stage()
  const other = await world.partner('OTH')
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  await world.pass(10 * MINUTE)
  await stopTransaction(world, transaction, 4000)

  const read = async (ptp: typeof other) => {
    const found: unknown[] = []
    for await (const cdr of ptp.client.of({ id: ptp.cpoId }, cdrs, 'sender').list()) found.push(cdr)
    for await (const session of ptp.client
      .of({ id: ptp.cpoId }, sessions, 'sender')
      .list({ query: { date_from: '2030-01-01T00:00:00Z' } }))
      found.push(session.id)
    return found
  }
  expect(await read(world.ptp)).toEqual([world.ptp.last('cdr'), world.ptp.last('putSession')!['id']])
  expect(await read(other)).toEqual([])
})

test('A-79: a CDR the partner refuses is sent again, the same bytes, until it is acknowledged', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  world.ptp.fail('cdr', 4)
  await world.pass(10 * MINUTE)
  await stopTransaction(world, transaction, 4000)
  expect(world.ptp.heard()).not.toContain('cdr')

  await world.pass(10 * MINUTE)

  expect(world.ptp.heard().filter((what) => what === 'cdr')).toHaveLength(1)
  const { body } = await world.admin('GET', '/cdrs')
  expect(JSON.stringify((body as unknown[])[0])).toBe(JSON.stringify(world.ptp.last('cdr')))
})

test('A-23: a PATCH the partner cannot use is followed by the whole session', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  world.ptp.fail('patchSession', 1)
  await plugIn(world)
  await world.pass(10_000)

  expect(world.ptp.heard()).toEqual(['result ACCEPTED', 'putSession PENDING', 'putSession ACTIVE'])
})

test('a car that never comes leaves an INVALID session and no CDR', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(6 * MINUTE)

  expect(world.ptp.heard()).toEqual(['result ACCEPTED', 'putSession PENDING', 'putSession INVALID'])
})

test('a charger that starts after the session was given up is stopped, and the session never bills', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(6 * MINUTE)
  const transaction = await plugIn(world)
  await world.pass(1000)

  expect(world.ac.got.at(-1)).toEqual({ action: 'RemoteStopTransaction', payload: { transactionId: transaction } })
  await stopTransaction(world, transaction, 1200)
  expect(world.ptp.heard()).not.toContain('cdr')
})

test('last_updated never goes back on the wire', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  for (let wh = 2000; wh <= 12_000; wh += 1000) {
    await world.pass(MINUTE)
    await read(world, transaction, wh)
  }
  await stopTransaction(world, transaction, 12_000)

  const times = world.ptp.told
    .filter(({ what }) => what.endsWith('Session'))
    .map(({ body }) => String(body['last_updated']))
  expect(times).toEqual([...times].sort())
  expect(new Set(times).size).toBe(times.length)
})

test('the car that stops asking for power parks: a period of its own in the CDR', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  await world.pass(30 * MINUTE)
  await world.ac.say('StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'SuspendedEV',
    timestamp: world.now(),
  })
  await read(world, transaction, 11_000)
  await world.pass(30 * MINUTE)
  await stopTransaction(world, transaction, 11_000)

  const cdr = world.ptp.last('cdr')!
  expect(cdr['total_parking_time']).toBe(0.5)
  expect(cdr['total_cost']).toMatchObject({ before_taxes: 5.5 })
  expect((cdr['charging_periods'] as unknown[]).length).toBe(2)
})

test('a restart loses nothing: the CDR that waited for the partner is sent by the next process', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  await world.pass(10 * MINUTE)
  const online = world.network.get(world.ptp.origin)!
  world.network.delete(world.ptp.origin)
  await stopTransaction(world, transaction, 4000)
  await world.cpo.stop()

  const next = world.again()
  await next.start()
  world.network.set(world.ptp.origin, online)
  await world.passWith(next, 2 * 3_600_000)

  expect(world.ptp.heard().filter((what) => what === 'cdr')).toHaveLength(1)
  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 3 })
})

test('a partner that registers anew gets the CDR that waited, and its advice still finds the session', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  const peers = (await world.admin('GET', '/peers')).body as { id: string }[]
  await world.admin('DELETE', `/peers/${peers[0]!.id}`)
  await stopTransaction(world, transaction, 4000)
  await world.pass(MINUTE)
  expect(world.ptp.heard()).not.toContain('cdr')

  const back = await world.partner()
  await world.pass(2 * 3_600_000)
  await advise(back)

  expect(back.heard()).toContain('cdr')
  expect((await world.admin('GET', `/sessions/${REFERENCE}`)).body).toMatchObject({ state: 'closed' })
})

test('a StartTransaction the charger repeats gets the number it got before', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const { idTag } = world.ac.got[0]!.payload as { idTag: string }
  const say = () =>
    world.ac.say('StartTransaction', { connectorId: 1, idTag, meterStart: 1000, timestamp: world.now() })
  const [first, again] = [await say(), await say()]
  expect(again).toEqual(first)
  expect(first).toMatchObject({ idTagInfo: { status: 'Accepted' } })
})

test('a tag nobody was told of is refused at the charger', async () => {
  const world = await stage()
  const told = await world.ac.say('Authorize', { idTag: 'FOREIGN' })
  expect(told).toMatchObject({ idTagInfo: { status: 'Invalid' } })
})

test('a partner on 2.2.1 gets sessions and CDRs in its own spelling', async () => {
  const world = await stage()
  const old = await world.partner('OLD', '2.2.1')
  const bodies: string[] = []
  const serve = world.network.get(old.origin)!
  world.network.set(old.origin, (request) => {
    if (request.url.includes('/cdrs')) bodies.push(request.body)
    return serve(request)
  })
  await start(old, { response_url: `${old.origin}/ocpi/2.2.1/sender/commands/1` })
  await world.pass(1000)
  const transaction = await plugIn(world)
  await world.pass(60 * MINUTE)
  await stopTransaction(world, transaction, 21_500)
  await world.pass(MINUTE)

  expect(old.heard()).toContain('cdr')
  expect(JSON.parse(bodies[0]!)).toMatchObject({ total_cost: { excl_vat: 8.7, incl_vat: 10.527 } })
})
