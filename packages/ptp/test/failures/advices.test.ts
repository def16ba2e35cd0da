import { expect } from 'vitest'
import { receiptOf } from '../../src/payment/receipt.ts'
import { charged, rig } from '../rig.ts'
import { eur } from '../samples.ts'
import { cdrFor, HOUR, MINUTE, REFERENCE, refusal } from '../scripted-cpo.ts'
import { row } from './row.ts'

const AUTHORIZED = 'authorize 5000 approved'
const _hung = () => new Promise<never>(() => undefined)
const _later = () => new Promise((done) => setTimeout(done, 20))

row('F66', 'captured, and taken back days later: a new advice with a new id says FAILED', async () => {
  const one = await charged({ card: 'capture-fails-afterwards' })
  await one.bill(cdrFor(10))
  expect((await one.payment()).state).toBe('captured')
  await one.pass(24 * HOUR)
  await one.sweep.once()
  await one.pass(MINUTE)
  expect(await one.payment()).toMatchObject({ state: 'stuck', advice: { status: 'FAILED' } })
  expect(one.cpo.advices.map(({ capture_status_code }) => capture_status_code)).toEqual(['SUCCESS', 'FAILED'])
  expect(new Set(one.cpo.advices.map(({ id }) => id)).size).toBe(2)
  await one.close()
})

row('F67', 'the capture and its advice are one commit: neither is there without the other', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  const captured = (await one.payments.history(REFERENCE)).find(({ type }) => type === 'captured')
  expect(captured).toMatchObject({ to: 'captured' })
  expect((await one.payment()).advice).toMatchObject({ amount: eur(605) })
  await one.close()
})

row('F68', 'a CPO that takes no advice for days gets it when it is back, byte for byte', async () => {
  const one = await charged()
  one.cpo.advice = refusal(503)
  await one.bill(cdrFor(10))
  for (let hour = 0; hour < 26; hour++) {
    await one.pass(HOUR)
    await one.sweep.once()
  }
  expect((await one.codes()).filter((code) => code === 'ADVICE_OVERDUE')).toHaveLength(2)
  await one.pass(6 * 24 * HOUR)
  expect(one.cpo.advices).toEqual([])
  one.cpo.advice = undefined
  await one.pass(HOUR)
  expect(one.cpo.advices).toHaveLength(1)
  expect(new Set(one.cpo.advicesTried).size).toBe(1)
  expect(await one.documents.get('advices', `peer-1/${one.cpo.advices[0]?.id}`)).toBeDefined()
  await one.close()
})

row('F69', 'stored over there and the answer lost: the copy is compared, it counts as delivered', async () => {
  const one = await charged()
  const post = one.cpo.advices
  one.cpo.advice = refusal(200, 2001)
  await one.bill(cdrFor(10))
  const [tried] = one.cpo.advicesTried
  expect((await one.payment()).advice?.deliveredAt).toBeUndefined()
  post.push(JSON.parse(tried ?? '{}') as (typeof post)[number])
  await one.engine.retryNow()
  await one.close()
  const again = await charged()
  again.cpo.advice = new Error('answer lost')
  await again.bill(cdrFor(10))
  again.cpo.advices.push(JSON.parse(again.cpo.advicesTried[0] ?? '{}') as (typeof post)[number])
  again.cpo.advice = refusal(200, 2001)
  await again.pass(HOUR)
  expect((await again.payment()).advice?.deliveredAt).toBeTypeOf('number')
  await again.close()
})

row(
  'F70',
  'HTTP 200 with an OCPI error is not delivered: 3xxx is sent again, 2xxx is parked for an operator',
  async () => {
    const again = await charged()
    again.cpo.advice = refusal(200, 3000)
    await again.bill(cdrFor(10))
    await again.pass(10 * MINUTE)
    expect(again.cpo.advicesTried.length).toBeGreaterThan(3)
    await again.close()
    const parked = await charged()
    parked.cpo.advice = refusal(200, 2001)
    await parked.bill(cdrFor(10))
    await parked.pass(HOUR)
    expect((await parked.payment()).advice?.deliveredAt).toBeUndefined()
    expect(await parked.engine.effects({ status: 'parked', limit: 10 })).toHaveLength(1)
    await parked.close()
  },
)

row('F71', 'a dead CPO delays its own messages only: the provider is served on a lane of its own', async () => {
  const one = await charged()
  one.cpo.advice = refusal(503)
  await one.bill(cdrFor(10))
  await one.pass(HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  const waiting = await one.engine.pending('payment', REFERENCE)
  expect(waiting.filter(({ lane }) => lane === 'cpo:peer-1:advices')).toHaveLength(1)
  expect(waiting.filter(({ lane }) => lane === 'psp')).toEqual([])
  await one.close()
})

row('F72', 'a receipt before the capture says pending; afterwards it says what was really taken', async () => {
  const one = await charged()
  const parts = { merchant: 'M', locationName: 'L', label: '1' }
  expect(receiptOf(await one.payment(), parts)).toMatchObject({ status: 'pending', total: eur(0) })
  await one.bill(cdrFor(10))
  expect(receiptOf(await one.payment(), parts)).toMatchObject({ status: 'captured', total: eur(605) })
  await one.close()
})

row('F73', 'who makes the invoice stands fixed at the tap', async () => {
  const one = await rig({ terms: { invoiceCreator: 'PTP', invoiceBaseUrl: 'https://cpo.example/i' } })
  const payment = await one.tap()
  expect(payment.terms).toMatchObject({ invoiceCreator: 'PTP', invoiceBaseUrl: 'https://cpo.example/i' })
  await one.close()
})
