import { payments } from '@plugtill/ocpi/modules/payments'
import { expect, test } from 'vitest'
import type { FakePtp } from './fake-ptp.ts'
import { advice, advise, REFERENCE, stage, start } from './stage.ts'

const receiver = (ptp: FakePtp) => ptp.client.of({ id: ptp.cpoId }, payments, 'receiver')
const terminal = { terminal_id: 'T-1', reference: 'SN-1', last_updated: '2030-01-15T10:00:00Z' }

test('a terminal is created once and updated by a newer POST', async () => {
  const { ptp } = await stage()
  const post = (body: object) => receiver(ptp).postTerminal({ body: { ...terminal, ...body } })
  const read = async () => (await receiver(ptp).terminal({ params: { terminal_id: 't-1' } })).data

  const created = await post({})
  const same = await post({})
  const older = await post({ reference: 'OLD', last_updated: '2030-01-14T10:00:00Z' })
  expect([created.http, same.http, older.http]).toEqual([201, 200, 200])
  expect(created.headers['location']).toMatch(/^https:\/\/cpo\.example\/.*\/terminals\/T-1$/)
  expect((await read()).reference).toBe('SN-1')

  await post({ reference: 'SN-2', last_updated: '2030-01-16T10:00:00Z' })
  expect((await read()).reference).toBe('SN-2')
})

test('a terminal without last_updated is accepted', async () => {
  const { ptp } = await stage()
  const { http } = await receiver(ptp).postTerminal({ body: { terminal_id: 'T-2' } })
  expect(http).toBe(201)
})

test('a partner sees only its own terminals and advices', async () => {
  const world = await stage()
  const other = await world.partner('OTH')
  await receiver(world.ptp).postTerminal({ body: terminal })
  await advise(world.ptp)

  await expect(receiver(other).terminal({ params: { terminal_id: 'T-1' } })).rejects.toMatchObject({ http: 404 })
  await expect(receiver(other).advice({ params: { id: 'fac-1' } })).rejects.toMatchObject({ http: 404 })
  expect((await receiver(other).terminalsPage()).items).toEqual([])
  expect((await receiver(world.ptp).terminalsPage()).items).toHaveLength(1)
})

test('an advice sent again is the same advice', async () => {
  const { ptp } = await stage()
  await start(ptp)
  const first = await advise(ptp)
  const again = await advise(ptp)
  expect([first.http, again.http]).toEqual([201, 200])
  expect((await receiver(ptp).advicesPage()).items).toEqual([advice()])
})

test.each([
  ['another reference', { authorization_reference: 'other', last_updated: '2030-01-16T12:00:00Z' }],
  ['other content of the same moment', { capture_status_code: 'FAILED' as const }],
])('an advice with a known id and %s is 2001 and changes nothing', async (_, change) => {
  const { ptp } = await stage()
  await advise(ptp)
  await expect(advise(ptp, change)).rejects.toMatchObject({ http: 200, statusCode: 2001 })
  expect((await receiver(ptp).advicesPage()).items).toEqual([advice()])
})

test('a newer advice with the same id and reference replaces the older one', async () => {
  const { ptp } = await stage()
  await advise(ptp)
  const newer = { capture_status_code: 'PARTIAL_SUCCESS' as const, last_updated: '2030-01-15T13:00:00Z' }
  expect((await advise(ptp, newer)).http).toBe(200)
  expect((await receiver(ptp).advice({ params: { id: 'FAC-1' } })).data).toMatchObject(newer)
})

test('an advice nobody waits for is kept and shown to the operator', async () => {
  const { ptp, faults, admin, settle } = await stage()
  const { http } = await advise(ptp, { authorization_reference: 'nobody' })
  await settle()

  expect(http).toBe(201)
  expect(faults.map(({ code }) => code)).toEqual(['ADVICE_UNMATCHED'])
  expect((await admin('GET', '/advices')).body).toMatchObject([{ id: 'fac-1', authorization_reference: 'nobody' }])
  expect((await admin('GET', '/faults')).body).toMatchObject([{ code: 'ADVICE_UNMATCHED', reference: 'nobody' }])
})

test('an advice that comes before the CDR waits for it', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  await advise(world.ptp, { authorization_reference: REFERENCE.toUpperCase() })
  const { body } = await world.admin('GET', `/sessions/${REFERENCE}`)
  expect(body).toMatchObject({ state: 'awaiting-plug', advice: { id: 'fac-1', status: 'SUCCESS' } })
})

test('an advice whose push never arrived is fetched from the partner', async () => {
  const world = await stage()
  await start(world.ptp)
  world.ptp.advices.push(advice({ last_updated: world.now() }))
  await world.pass(2 * 3_600_000)
  expect((await world.admin('GET', `/sessions/${REFERENCE}`)).body).toMatchObject({ advice: { id: 'fac-1' } })
})
