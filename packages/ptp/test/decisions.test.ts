/** An operator's decision over the API: sent twice it is made once, its reason is kept, and it ends what it decides about. */
import { journal } from '@plugtill/engine/journal'
import { PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import type { AdminParts } from '../src/admin.ts'
import { resolveRows } from '../src/admin-resolve.ts'
import { partsOf } from './receipt-page.ts'
import { charged, failingCaptures, type Rig } from './rig.ts'
import { eur, events, on, T0 } from './samples.ts'
import { cdrFor, creditFor, HOUR, MINUTE, REFERENCE } from './scripted-cpo.ts'

const AUTHORIZED = 'authorize 5000 approved'
const ID = '0b7c1a52-6d0e-4b6e-9d0b-3a1f5c2e7d10'
const OTHER = '5f3d9e11-2b7a-4c68-8f2d-90c1d4e6a733'

/** The two routes, called as a request would call them. */
function api(one: Rig) {
  const rows = resolveRows({ ...partsOf(one), ...one } as unknown as AdminParts)
  const row = (path: string) => rows.find((found) => found.path === path)!
  const call = { params: { reference: REFERENCE }, query: {} }
  return {
    resolve: async (body: object) => {
      const answer = await row('/payments/:reference/resolve').run({ ...call, body } as never)
      await one.pass(0)
      return answer as { readonly status?: number; readonly body: Record<string, unknown> }
    },
    audit: async (query: object = {}) =>
      ((await row('/audit').run({ ...call, query } as never)) as { body: readonly Record<string, unknown>[] }).body,
  }
}

const refund = { decision: 'refund', reason: 'the charger was slow', by: 'anna', amount_minor: 200 }

test('a refund that is sent again under its id is paid once, and answered as before; it has the id of the decision (I3)', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  const { resolve, audit } = api(one)
  for (let sent = 0; sent < 3; sent++) {
    const { status, body } = await resolve({ ...refund, decision_id: sent === 2 ? ID.toUpperCase() : ID })
    expect([status, body['refunds']]).toEqual([undefined, [expect.objectContaining({ id: ID, amount: money(200) })]])
  }
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 200 done'])
  expect(await audit()).toHaveLength(1)
  // Another decision of the same content is another refund.
  await resolve({ ...refund, decision_id: OTHER })
  expect(one.booked().at(-1)).toBe('refund 200 done')
  expect((await one.payment()).refunds?.map(({ id }) => id)).toEqual([ID, OTHER])
  await one.close()
})

const money = (amount_minor: number) => ({ amount_minor, currency: 'EUR' })

test.each<[what: string, change: object]>([
  ['another amount', { amount_minor: 300 }],
  ['no amount', { amount_minor: undefined }],
  ['another reason', { reason: 'the driver called' }],
  ['another decision', { decision: 'void', amount_minor: undefined }],
])('a known id with %s is refused and moves nothing (I3)', async (_what, change) => {
  const one = await charged()
  await one.bill(cdrFor(10))
  const { resolve } = api(one)
  await resolve({ ...refund, decision_id: ID })
  expect(await resolve({ ...refund, ...change, decision_id: ID })).toMatchObject({
    status: 409,
    body: { refused: 'not-decidable', message: expect.stringContaining(ID) as unknown },
  })
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 200 done'])
  await one.close()
})

test('a decision that was made is answered as before also where its state is left; one that was refused is decided anew', async () => {
  const one = await charged()
  const { resolve } = api(one)
  const over = cdrFor(10, { total_cost: { before_taxes: 20, taxes: [{ name: 'VAT', percentage: 21, amount: 4.2 }] } })
  const accept = { decision: 'accept-cdr', reason: 'the driver agrees', decision_id: ID }
  expect((await resolve(accept)).status).toBe(409)
  await one.bill(over)
  for (const state of ['capturing', 'captured']) {
    const { status, body } = await resolve(accept)
    expect([status, body['state']]).toEqual([undefined, state])
  }
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 2420 done'])
  await one.close()
})

test('a decision without a reason moves nothing, however long it is (T36)', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  const { resolve, audit } = api(one)
  for (const reason of ['   ', ' \t\n ', ' ab ', ''])
    expect(await resolve({ ...refund, reason }), JSON.stringify(reason)).toMatchObject({
      status: 409,
      body: { refused: 'no-reason' },
    })
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await resolve({ ...refund, reason: '  slow ', by: '  ' })
  expect(await audit()).toMatchObject([{ decision: 'refund', reason: 'slow', by: 'operator', amount_minor: 200 }])
  expect((await one.payment()).refunds).toMatchObject([{ why: 'slow' }])
  await one.close()
})

test('decisions are found behind any number of notes, which a partner can cause; so are those of older programs (T36, F77)', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  const { resolve, audit } = api(one)
  await one.journal.write(REFERENCE, 'note', { audit: 'payments.resolve', decision: 'retry' })
  await resolve(refund)
  expect((await audit()).map((entry) => entry['decision'])).toEqual(['refund', 'retry'])
  await one.store.transaction(async (tx) => {
    const log = journal(tx, one.clock)
    for (let n = 0; n < 1000; n++) await log.write('peer:peer-1', 'note', { message: 'The handshake failed.' })
  })
  expect((await audit({ limit: '5' })).map((entry) => entry['decision'])).toEqual(['refund'])
  await one.close()
})

/** Billed, its capture refused, and the bill taken back. */
async function takenBack() {
  const bank = failingCaptures(new PspError('refused', 'not today'))
  const one = await charged({ psp: bank.psp })
  await one.bill(cdrFor(10))
  await one.bill(creditFor(cdrFor(10)))
  bank.works = true
  return one
}

test('what an operator captures by the session is not paid back by a credit of before (F51, I10)', async () => {
  const one = await takenBack()
  expect(await one.decide('capture-session')).toHaveProperty('to')
  await one.pass(2 * HOUR)
  // The CPO lists what it has sent, again and again.
  await one.bill(cdrFor(10))
  await one.bill(creditFor(cdrFor(10)))
  await one.pass(2 * HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  expect(await one.payment()).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS', amount: eur(605) } })
  await one.close()
})

test('what was captured by the session is billed by a corrected CDR; the credit of that one counts, from its own day on (F51)', async () => {
  const one = await takenBack()
  await one.decide('capture-session')
  await one.pass(10 * MINUTE)
  const corrected = cdrFor(8, { id: 'CDR2' })
  await one.bill(corrected)
  await one.pass(MINUTE)
  expect(one.booked().slice(1)).toEqual(['capture 605 done', 'refund 121 done'])
  await one.bill(creditFor(corrected))
  // The reminder of the first credit comes due now.
  await one.pass(10 * MINUTE)
  expect(one.booked().slice(1)).toEqual(['capture 605 done', 'refund 121 done'])
  await one.pass(5 * MINUTE)
  expect(one.booked().slice(1)).toEqual(['capture 605 done', 'refund 121 done', 'refund 484 done'])
  await one.close()
})

test('a bill that is taken back after an operator has captured by the session is paid back', async () => {
  const one = await charged()
  const over = cdrFor(10, { total_cost: { before_taxes: 20, taxes: [{ name: 'VAT', percentage: 21, amount: 4.2 }] } })
  await one.bill(over)
  await one.decide('capture-session')
  await one.bill(creditFor(over))
  await one.pass(16 * MINUTE)
  expect(one.booked().slice(1)).toEqual(['capture 605 done', 'refund 605 done'])
  await one.close()
})

test('a part that is paid back for a reason which is the id of the credit leaves the rest to its day (F51)', () => {
  const credit = { id: 'CREDIT1', amount: eur(1200), at: T0 }
  const asked = { ...events['operator-decided'], decision: 'refund', amount: eur(100), reason: credit.id } as const
  const part = on('captured', asked, { credit }).entity
  expect(part.refunds).toMatchObject([{ why: credit.id, creditId: null }])
  const due = events['credit-due']
  expect(on('captured', due, part).entity.refunds?.at(-1)).toMatchObject({ amount: eur(1100), creditId: credit.id })
  // An older program knew by the reason only what a refund had paid back. (F77)
  const older = part.refunds?.map(({ creditId: _unknown, ...one }) => one)
  expect(on('captured', due, { ...part, refunds: older! }).verdict).toHaveProperty('ignore')
})
