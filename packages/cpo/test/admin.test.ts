import { expect, test } from 'vitest'
import { plugIn, REFERENCE, read, stage, start, stopTransaction } from './stage.ts'

test('the table offers what the operator needs', async () => {
  const { cpo } = await stage()
  expect(cpo.admin.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'DELETE /chargers/:id',
    'DELETE /peers/:id',
    'GET /advices',
    'GET /cdrs',
    'GET /cdrs/:id',
    'GET /chargers',
    'GET /chargers/:id',
    'GET /chargers/:id/configuration',
    'GET /exchanges',
    'GET /faults',
    'GET /invoices/:reference',
    'GET /locations',
    'GET /peers',
    'GET /peers/:id',
    'GET /peers/:id/deliveries',
    'GET /platform',
    'GET /reconciliations',
    'GET /reservations',
    'GET /sessions',
    'GET /sessions/:id',
    'GET /sessions/:id/curve',
    'GET /tariffs',
    'GET /terminals',
    'GET /terminals/:id',
    'GET /tokens',
    'GET /tokens/shown',
    'POST /cdrs/:id/credit',
    'POST /chargers/:id/adopt',
    'POST /chargers/:id/availability',
    'POST /chargers/:id/configuration',
    'POST /chargers/:id/reset',
    'POST /chargers/:id/secret',
    'POST /chargers/:id/trigger',
    'POST /chargers/:id/unlock',
    'POST /exchanges/:seq/replay',
    'POST /peers/:id/invite',
    'POST /peers/:id/retry',
    'POST /peers/:id/rotate',
    'POST /peers/invite',
    'POST /peers/register',
    'POST /reconciliations',
    'POST /reconciliations/:id/withdraw',
    'POST /reservations/:id/cancel',
    'POST /terminals/:id/assign',
    'POST /terminals/:id/deactivate',
    'POST /terminals/activate',
    'POST /terminals/pull',
  ])
})

test('the platform says who it is and where partners begin', async () => {
  const { admin } = await stage()
  expect((await admin('GET', '/platform')).body).toEqual({
    role: 'CPO',
    name: 'Plugtill Charging',
    country_code: 'NL',
    party_id: 'PLG',
    versions_url: 'https://cpo.example/cpo/ocpi/versions',
  })
})

test('chargers: who is connected and what they stand for', async () => {
  const { admin } = await stage()
  expect((await admin('GET', '/chargers')).body).toMatchObject([
    { id: 'PLG-AC-1', connected: true, connectors: [{ connector: 1, evse_uid: 'NLPLGE101' }, { connector: 2 }] },
    { id: 'PLG-DC-1', connected: false },
  ])
})

test('a session is found by its reference, with money in minor units and everything that happened in order', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  await world.pass(3_600_000)
  await stopTransaction(world, transaction, 21_500)

  const { body } = await world.admin('GET', `/sessions/${REFERENCE}`)
  const session = body as { timeline: { at: string; kind: string; event?: string; endpoint?: string }[] }
  expect(session).toMatchObject({
    reference: REFERENCE,
    state: 'finished',
    energy_wh: 20_500,
    cost: { amount_minor: 1053, currency: 'EUR' },
    cdr_acknowledged: true,
    advice: null,
  })
  const times = session.timeline.map(({ at }) => at)
  expect(times).toEqual([...times].sort())
  expect(session.timeline.flatMap(({ kind, event }) => (kind === 'state' ? [event] : []))).toEqual(
    expect.arrayContaining(['start-commanded', 'remote-start-answered', 'transaction-started', 'transaction-stopped']),
  )
  expect(session.timeline.flatMap(({ endpoint }) => endpoint ?? [])).toEqual(
    expect.arrayContaining(['startSession', 'result', 'putSession', 'postCdr']),
  )
})

test('the curve of a session leaves out readings that are nothing but a signature', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  await world.pass(1_800_000)
  await read(world, transaction, 11_000)
  await world.pass(60_000)
  const sampledValue = [{ value: 'OCMF|{}|{}', context: 'Transaction.End', format: 'SignedData' }]
  await world.ac.say('StopTransaction', {
    ...{ transactionId: transaction, meterStop: 11_300, reason: 'EVDisconnected' },
    timestamp: new Date(world.clock.now()).toISOString(),
    transactionData: [{ timestamp: new Date(world.clock.now()).toISOString(), sampledValue }],
  })
  await world.settle()

  const { status, body } = await world.admin('GET', `/sessions/${REFERENCE}/curve`)
  expect(status ?? 200).toBe(200)
  const points = body as readonly { energy_wh: number; cost_minor: number }[]
  expect(points.map(({ energy_wh }) => energy_wh)).toEqual([0, 10_000])
  expect(points.every(({ cost_minor }) => Number.isSafeInteger(cost_minor))).toBe(true)
})

test('the story of a session tells what was said with its charger, each message by its name and once', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world)
  await world.pass(60_000)
  await stopTransaction(world, transaction, 1_300)

  const { body } = await world.admin('GET', `/sessions/${REFERENCE}`)
  const { timeline } = body as { timeline: readonly { kind: string; action?: string }[] }
  const said = timeline.flatMap((entry) => (entry.kind === 'ocpp' ? [entry.action] : []))
  expect(said).not.toContain(undefined)
  expect(said.filter((action) => action === 'StartTransaction')).toHaveLength(1)
  expect(said.filter((action) => action === 'StopTransaction')).toHaveLength(1)
})

test('lists are newest first, limited, and filtered by state', async () => {
  const { ptp, admin, pass } = await stage()
  await start(ptp)
  await pass(1000)
  expect((await admin('GET', '/sessions?state=awaiting-plug')).body).toHaveLength(1)
  expect((await admin('GET', '/sessions?state=charging')).body).toEqual([])
  expect(await admin('GET', '/sessions?state=nonsense')).toMatchObject({ status: 400 })
  expect((await admin('GET', '/exchanges?limit=2')).body).toHaveLength(2)
})

test('no exchange shows a token, in headers or bodies', async () => {
  const { admin } = await stage()
  const text = JSON.stringify((await admin('GET', '/exchanges?limit=1000')).body)
  expect(text).toContain('credentials')
  expect(text).not.toMatch(/(cpo|ptp)_0{10}/)
  expect(text).not.toMatch(/Token [A-Za-z0-9+/]{16}/)
})
