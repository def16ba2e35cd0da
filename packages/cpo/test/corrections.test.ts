/** A CDR that was wrong: taken back by a credit, and replaced by one that the audit agrees with. */
import { type Cdr, cdrs } from '@plugtill/ocpi/modules/cdrs'
import { auditCdr } from '@plugtill/pricing/audit'
import { expect, test } from 'vitest'
import { advise, plugIn, REFERENCE, read, type Stage, stage, start, stopTransaction } from './stage.ts'

const HALF_HOUR = 30 * 60_000

/** 20 kWh in an hour, then half an hour of parking. */
async function sold() {
  const world = await stage()
  await start(world.ptp)
  await world.settle()
  const transaction = await plugIn(world, 0)
  await world.pass(HALF_HOUR)
  await read(world, transaction, 10_000)
  await world.pass(HALF_HOUR)
  await read(world, transaction, 20_000)
  await world.ac.say('StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'SuspendedEV',
    timestamp: world.now(),
  })
  await world.pass(HALF_HOUR)
  await stopTransaction(world, transaction, 20_000)
  const original = last(world)
  return { ...world, original }
}

const sentCdrs = ({ ptp }: Pick<Stage, 'ptp'>) =>
  ptp.told.filter(({ what }) => what === 'cdr').map(({ body }) => body as unknown as Cdr)
const last = (world: Pick<Stage, 'ptp'>) => sentCdrs(world).at(-1)!
const credit = (world: Stage, id: string, body: object) => world.admin('POST', `/cdrs/${id}/credit`, body)
const REASON = 'The meter was wrong'
const audited = (cdr: Cdr) => auditCdr(cdr, { timeZone: 'Europe/Amsterdam' }).findings.map(({ id }) => id)

test('a credit has an id of its own, all the original had, and the total below zero; the original stays as it was', async () => {
  const world = await sold()
  const { original } = world
  expect(await credit(world, original.id, { reason: REASON, by: 'Ann' })).toMatchObject({
    status: 202,
    body: {
      cdr_id: original.id,
      credit_cdr_id: `${original.id}-C`,
      replacement_cdr_id: null,
      reason: REASON,
      by: 'Ann',
    },
  })
  await world.pass(1000)

  expect(last(world)).toEqual({
    ...original,
    id: `${original.id}-C`,
    credit: true,
    credit_reference_id: original.id,
    total_cost: {
      before_taxes: -original.total_cost.before_taxes,
      taxes: original.total_cost.taxes?.map((tax) => ({ ...tax, amount: -tax.amount })),
    },
    remark: `Takes back CDR ${original.id}: ${REASON}`,
    last_updated: last(world).last_updated,
  })
  expect(audited(last(world))).toEqual([])
  const { items } = await world.ptp.client.of({ id: world.ptp.cpoId }, cdrs, 'sender').listPage()
  expect(items).toEqual([original, last(world)])
})

test.each<[string, object, Partial<Cdr>]>([
  [
    'less energy',
    { energy_kwh: 8 },
    {
      total_energy: 8,
      total_time: 1.5,
      total_cost: { before_taxes: 4.7, taxes: [{ name: 'VAT', percentage: 21, amount: 0.987 }] },
    },
  ],
  ['no parking', { end_date_time: '2030-01-15T11:00:10Z' }, { total_energy: 20, total_time: 1 }],
  [
    'an end in the middle of charging',
    { end_date_time: '2030-01-15T10:30:10Z' },
    { total_energy: 10, total_time: 0.5 },
  ],
  ['another tariff', { tariff_id: 'DC-ADHOC' }, { total_energy: 20 }],
  [
    'all of it',
    { energy_kwh: 6, end_date_time: '2030-01-15T11:00:10Z', tariff_id: 'DC-ADHOC' },
    { total_energy: 6, total_time: 1 },
  ],
])('a new CDR with %s follows the credit, and the audit agrees with every number', async (_, replacement, found) => {
  const world = await sold()
  const { original } = world
  await credit(world, original.id, { reason: REASON, replacement })
  await world.pass(1000)

  const [, taken, fresh] = sentCdrs(world)
  expect(taken).toMatchObject({ credit: true, credit_reference_id: original.id })
  expect(fresh).toMatchObject({
    ...found,
    session_id: original.session_id,
    authorization_reference: REFERENCE,
    invoice_reference_id: `${REFERENCE}-2`,
    cdr_token: original.cdr_token,
    remark: `Replaces CDR ${original.id}: ${REASON}`,
  })
  expect(fresh).not.toHaveProperty('credit')
  expect(new Set([original.id, taken?.id, fresh?.id]).size).toBe(3)
  expect(audited(fresh!)).toEqual([])
})

test('the new CDR waits until the partner has taken the credit, however often that fails', async () => {
  const world = await sold()
  world.ptp.fail('cdr', 3)
  await credit(world, world.original.id, { reason: REASON, replacement: { energy_kwh: 1 } })
  await world.settle()
  expect(sentCdrs(world)).toHaveLength(1)
  await world.pass(60_000)
  expect(sentCdrs(world).map(({ credit }) => credit ?? false)).toEqual([false, true, false])
})

test('a CDR is taken back once; what took its place can be corrected in turn, and its invoice has the next number', async () => {
  const world = await sold()
  await credit(world, world.original.id, { reason: REASON, replacement: { energy_kwh: 10 } })
  await world.pass(1000)
  expect(await credit(world, world.original.id, { reason: REASON })).toMatchObject({
    status: 409,
    body: { error: 'cdr_credited' },
  })
  const second = last(world)
  await credit(world, second.id, { reason: 'Still wrong', replacement: { energy_kwh: 5 } })
  await world.pass(1000)
  expect(sentCdrs(world).slice(-2)).toMatchObject([
    { id: `${second.id}-C`, credit_reference_id: second.id },
    { total_energy: 5, invoice_reference_id: `${REFERENCE}-3` },
  ])
  expect(audited(last(world))).toEqual([])
})

test('a CDR is found by its id, with what takes it back and what it was made by', async () => {
  const world = await sold()
  const { original } = world
  const find = async (id: string) => (await world.admin('GET', `/cdrs/${id}`)) as { status?: number; body: object }
  expect((await find(original.id)).body).toEqual({ cdr: original, correction: null, made_by: null })
  await credit(world, original.id, { reason: REASON, replacement: { energy_kwh: 8 } })
  await world.pass(1000)
  const correction = expect.objectContaining({ cdr_id: original.id, state: 'done', reason: REASON })
  const [, taken, fresh] = sentCdrs(world)
  expect((await find(original.id)).body).toEqual({ cdr: original, correction, made_by: null })
  expect((await find(taken!.id)).body).toEqual({ cdr: taken, correction: null, made_by: correction })
  expect((await find(fresh!.id)).body).toEqual({ cdr: fresh, correction: null, made_by: correction })
  expect(await find('nothing')).toMatchObject({ status: 404 })
})

test('two credits at once are one', async () => {
  const world = await sold()
  const both = await Promise.all([1, 2].map(() => credit(world, world.original.id, { reason: REASON })))
  expect(both.map(({ status }) => status).sort()).toEqual([202, 409])
})

test.each<[string, (cdr: Cdr) => string, object, number, string]>([
  ['a CDR nobody wrote', () => 'nothing', {}, 404, 'cdr_unknown'],
  ['a tariff nobody knows', ({ id }) => id, { replacement: { tariff_id: 'GONE' } }, 404, 'tariff_unknown'],
  [
    'an end after the end',
    ({ id }) => id,
    { replacement: { end_date_time: '2030-01-15T14:00:00Z' } },
    409,
    'correction_wrong',
  ],
])('%s is refused, and nothing is sent', async (_, idOf, more, status, error) => {
  const world = await sold()
  expect(await credit(world, idOf(world.original), { reason: REASON, ...more })).toMatchObject({
    status,
    body: { error },
  })
  await world.pass(1000)
  expect(sentCdrs(world)).toHaveLength(1)
})

test('a CDR the partner does not have yet is not taken back: it would get the credit of something unknown', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.settle()
  const transaction = await plugIn(world, 0)
  await world.pass(HALF_HOUR)
  world.ptp.fail('cdr', 1000)
  await stopTransaction(world, transaction, 5000)
  const [filed] = (await world.admin('GET', '/cdrs')).body as Cdr[]
  expect(await credit(world, filed!.id, { reason: REASON })).toMatchObject({
    status: 409,
    body: { error: 'cdr_not_delivered' },
  })
})

test('a restart between credit and replacement loses neither', async () => {
  const world = await sold()
  world.ptp.fail('cdr', 2)
  await credit(world, world.original.id, { reason: REASON, replacement: { energy_kwh: 2 } })
  await world.settle()
  await world.cpo.stop()
  const next = world.again()
  await next.start()
  await world.passWith(next, 60_000)
  expect(sentCdrs(world).map(({ total_energy }) => total_energy)).toEqual([20, 20, 2])
})

test('the invoice follows: the new one counts, names the old one, and shows what was captured', async () => {
  const world = await sold()
  await advise(world.ptp)
  await credit(world, world.original.id, { reason: REASON, replacement: { energy_kwh: 8 } })
  await world.pass(1000)
  expect((await world.admin('GET', `/invoices/${REFERENCE}`)).body).toMatchObject({
    documents: [
      { kind: 'invoice', number: REFERENCE, correctedBy: `${REFERENCE}-C` },
      { kind: 'credit', number: `${REFERENCE}-C`, corrects: REFERENCE },
      { kind: 'invoice', number: `${REFERENCE}-2`, corrects: REFERENCE, total: 569, payment: { state: 'paid' } },
    ],
  })
  expect((await world.cpo.serveInvoice(REFERENCE, { tail: 'pdf' })).headers['content-type']).toBe('application/pdf')
})
