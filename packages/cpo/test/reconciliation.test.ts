/** Invoices between companies: which CDRs they cover, told to the partner and kept apart from everybody else. */
import { type InvoiceReconciliationRecord, invoiceReconciliation } from '@plugtill/ocpi/modules/invoice-reconciliation'
import { expect, test } from 'vitest'
import type { FakePtp } from './fake-ptp.ts'
import { plugIn, stage, start, stopTransaction } from './stage.ts'

async function invoiced() {
  const world = await stage()
  const other = await world.partner('OTH')
  const references = ['0b0b0b0b-0000-4000-8000-00000000000a', '0b0b0b0b-0000-4000-8000-00000000000b']
  for (const authorization_reference of references) {
    await start(world.ptp, { authorization_reference })
    await world.settle()
    const transaction = await plugIn(world, 0)
    await world.pass(60_000)
    await stopTransaction(world, transaction, 1000)
    await world.pass(60_000)
  }
  const ids = ((await world.admin('GET', '/cdrs')).body as { id: string }[]).map(({ id }) => id).reverse()
  return { ...world, other, ids }
}

const written = (partner: FakePtp) =>
  partner.client.of({ id: partner.cpoId }, invoiceReconciliation, 'sender').listPage()

test('all CDRs of a partner that no invoice covers yet come on the next one, and the partner is told', async () => {
  const world = await invoiced()
  const { status, body } = await world.admin('POST', '/reconciliations', { partner: 'DE-PAY', invoice_id: '2030-01/7' })
  expect(status).toBe(201)
  await world.pass(1000)
  const record = { invoice_id: '2030-01/7', cdrs: world.ids, country_code: 'NL', party_id: 'PLG' }
  expect(body).toMatchObject({ ...record, partner: 'DE-PAY', state: 'told' })
  expect(world.ptp.last('postRecord')).toMatchObject(record)
  expect((await written(world.ptp)).items).toMatchObject([record])
  expect((await written(world.other)).items).toEqual([])
  expect(await world.admin('POST', '/reconciliations', { partner: 'DE-PAY', invoice_id: '8' })).toMatchObject({
    status: 409,
    body: { error: 'invoice_empty' },
  })
})

test('a CDR is on one invoice only, until its record is withdrawn', async () => {
  const world = await invoiced()
  const [first] = world.ids
  const write = (cdrs: readonly unknown[]) =>
    world.admin('POST', '/reconciliations', { partner: 'de-pay', invoice_id: '1', cdrs })
  const { body } = await write([first])
  expect(await write([first])).toMatchObject({ status: 409, body: { error: 'cdr_invoiced' } })
  expect(await write(['nothing'])).toMatchObject({ status: 404, body: { error: 'cdr_unknown' } })
  await world.admin('POST', `/reconciliations/${(body as { id: string }).id}/withdraw`)
  await world.pass(1000)
  expect(world.ptp.last('deleteRecord')).toMatchObject({ id: (body as { id: string }).id })
  expect((await written(world.ptp)).items).toEqual([])
  expect((await write([first])).status).toBe(201)
})

test('a partner that cannot take it now gets it later', async () => {
  const world = await invoiced()
  world.ptp.fail('postRecord', 3)
  await world.admin('POST', '/reconciliations', { partner: 'DE-PAY', invoice_id: '1' })
  await world.settle()
  expect(world.ptp.last('postRecord')).toBeUndefined()
  await world.pass(60_000)
  expect(world.ptp.last('postRecord')).toMatchObject({ invoice_id: '1' })
})

test('an invoice to nobody is refused', async () => {
  const world = await invoiced()
  expect(await world.admin('POST', '/reconciliations', { partner: 'DE-XXX', invoice_id: '1' })).toMatchObject({
    status: 404,
    body: { error: 'partner_unknown' },
  })
})

test('a partner that writes the invoices himself tells us; each sees only his own', async () => {
  const world = await invoiced()
  const record: InvoiceReconciliationRecord = {
    country_code: 'DE',
    party_id: 'PAY',
    id: 'R-1',
    invoice_id: 'RB-1',
    cdrs: world.ids,
    last_updated: world.now(),
  }
  const calls = (partner: FakePtp) => partner.client.of({ id: partner.cpoId }, invoiceReconciliation, 'receiver')
  const params = { country_code: 'DE', party_id: 'PAY', id: 'R-1' }
  expect((await calls(world.ptp).postRecord({ body: record })).http).toBe(201)
  await calls(world.ptp).putRecord({ params, body: { ...record, invoice_id: 'RB-2' } })
  expect((await calls(world.ptp).record({ params })).data).toMatchObject({ invoice_id: 'RB-2' })
  expect((await world.admin('GET', '/reconciliations')).body).toMatchObject({ received: [{ invoice_id: 'RB-2' }] })
  await expect(calls(world.other).record({ params })).rejects.toMatchObject({ http: 404 })
  await expect(calls(world.other).postRecord({ body: record })).rejects.toMatchObject({ statusCode: 2001 })
  await calls(world.ptp).deleteRecord({ params })
  await expect(calls(world.ptp).record({ params })).rejects.toMatchObject({ http: 404 })
})
